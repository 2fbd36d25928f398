import { isOpen, type MockChannel, type MockHop, type MockState, type NodeName } from "./state.ts";

/** What lnd asks by default for passing a payment on: 1 sat and a millionth. */
const baseFeeMsat = 1000n;
const feeMillionths = 1n;
const million = 1_000_000n;
/** Hops of a route; the network is small. */
const maxHops = 4;

export const forwardFeeMsat = (amountMsat: bigint): bigint =>
  baseFeeMsat + (amountMsat * feeMillionths) / million;

export interface RouteWish {
  readonly from: NodeName;
  readonly to: NodeName;
  readonly amountMsat: bigint;
  /** Only leave by this channel. */
  readonly firstChannelId?: string;
  /** Only arrive from this node. */
  readonly lastNode?: NodeName;
}
export interface Route {
  readonly hops: readonly MockHop[];
  readonly feeMsat: bigint;
}

/** 1 % must stay on each side (BOLT 2, channel_reserve, as lnd sets it). */
export const reserveMsat = (channel: MockChannel): bigint => channel.capacityMsat / 100n;
export function spendableMsat(channel: MockChannel, side: 0 | 1): bigint {
  const free = channel.sideMsat[side] - reserveMsat(channel);
  return free > 0n ? free : 0n;
}

/** The cheapest route that fits, or null. A circular one starts and ends at the same node. */
export function findRoute(state: MockState, wish: RouteWish): Route | null {
  let best: Route | null = null;
  for (const path of paths(state, wish)) {
    const route = priced(path, wish.amountMsat);
    if (route === null) continue;
    if (best === null || route.feeMsat < best.feeMsat) best = route;
  }
  return best;
}

interface Step {
  readonly channel: MockChannel;
  readonly side: 0 | 1;
}

function paths(state: MockState, wish: RouteWish): Step[][] {
  const found: Step[][] = [];
  function walk(node: NodeName, path: readonly Step[], seen: readonly NodeName[]): void {
    if (path.length === maxHops) return;
    for (const channel of state.channels) {
      const side = channel.ends.indexOf(node);
      if (!isOpen(channel) || (side !== 0 && side !== 1)) continue;
      if (path.some((step) => step.channel === channel)) continue;
      const first = path.length === 0 ? wish.firstChannelId : undefined;
      if (first !== undefined && first !== channel.id) continue;
      const next = channel.ends[side === 0 ? 1 : 0];
      const longer = [...path, { channel, side } as const];
      if (next === wish.to) {
        if (wish.lastNode === undefined || wish.lastNode === node) found.push(longer);
      } else if (!seen.includes(next)) walk(next, longer, [...seen, next]);
    }
  }
  walk(wish.from, [], [wish.from]);
  return found;
}

/** From the payee back: each forwarder takes his fee for what he passes on (BOLT 7). */
function priced(path: readonly Step[], amountMsat: bigint): Route | null {
  const hops: MockHop[] = [];
  let moving = amountMsat;
  for (const [k, { channel, side }] of [...path].reverse().entries()) {
    if (k > 0) moving += forwardFeeMsat(moving);
    if (spendableMsat(channel, side) < moving) return null;
    hops.unshift({ channelId: channel.id, from: side, amountMsat: moving });
  }
  return { hops, feeMsat: moving - amountMsat };
}

const channelOf = (state: MockState, hop: MockHop) =>
  state.channels.find((channel) => channel.id === hop.channelId);

/** Takes the money of each hop from its sender; it belongs to nobody until the end is known. */
export function lockHops(state: MockState, hops: readonly MockHop[]): void {
  for (const hop of hops) {
    const channel = channelOf(state, hop);
    if (channel !== undefined) channel.sideMsat[hop.from] -= hop.amountMsat;
  }
}
/** Gives it to the receivers, or back to the senders. */
export function endHops(state: MockState, hops: readonly MockHop[], paid: boolean): void {
  for (const hop of hops) {
    const channel = channelOf(state, hop);
    const side = paid ? (hop.from === 0 ? 1 : 0) : hop.from;
    if (channel !== undefined) channel.sideMsat[side] += hop.amountMsat;
  }
}
