import type { Posting } from "../ledger/port.ts";
import type { Channel } from "../lightning/backend.ts";
import { maxFundingFeeMsat } from "./limits.ts";
import type { Gaps } from "./node-accounts.ts";
import type { Difference } from "./port.ts";
import { postingsOf } from "./postings.ts";

/** What the node shows beside its balances. */
export interface Evidence {
  /** Open channels that this ledger has not seen before. */
  readonly opened: readonly Channel[];
  /** Channels that it had seen and that are gone. */
  readonly closedPoints: readonly string[];
}
/** A journal that explains a part of the gaps. */
export interface Explanation {
  readonly kind: string;
  readonly note: string;
  readonly postings: readonly Posting[];
}

const rest = (gaps: Gaps, change: Partial<Gaps>): Gaps => ({ ...gaps, ...change });
const channelSide = (gaps: Gaps): bigint => gaps.hotMsat + gaps.reservedMsat + gaps.pendingMsat;

/** A fee of the chain is the owner's cost, passed on in the journal in which it arises. */
const chainFee = (feeMsat: bigint): readonly (readonly [string, bigint])[] => [
  ["expense:chain-fee", feeMsat],
  ["party:owner", feeMsat],
  ["income:recharged", -feeMsat],
];

/**
 * Coins that became a channel, or a channel that became coins. The two sides must fit but for a
 * fee that a transaction can have cost; for a channel that is open its capacity must fit exactly.
 */
function explainFunding(gaps: Gaps, seen: Evidence): [Explanation | null, Gaps] {
  const { hotMsat, reservedMsat, pendingMsat, chainMsat } = gaps;
  const side = channelSide(gaps);
  const feeMsat = -(side + chainMsat);
  if (feeMsat < 0n || feeMsat > maxFundingFeeMsat) return [null, gaps];
  const ours = seen.opened.filter((channel) => channel.initiator);
  const capacityMsat = ours.reduce((sum, channel) => sum + channel.capacityMsat, 0n);
  const waits = hotMsat === 0n && pendingMsat > 0n;
  const opened = capacityMsat > 0n && side === capacityMsat;
  const closed = seen.closedPoints.length > 0 && side < 0n && chainMsat > 0n;
  if (!(chainMsat < 0n && (waits || opened)) && !closed) return [null, gaps];
  const postings = postingsOf(
    ["asset:ln-hot", hotMsat],
    ["asset:ln-reserved", reservedMsat],
    ["asset:ln-pending", pendingMsat],
    ["asset:onchain-warm", chainMsat],
    ...chainFee(feeMsat),
  );
  const kind = closed ? "channel-closed" : "channel-funded";
  const note = closed ? "A channel was closed." : "Coins went into a channel of ours.";
  const none = { hotMsat: 0n, reservedMsat: 0n, pendingMsat: 0n, chainMsat: 0n };
  return [{ kind, note, postings }, rest(gaps, none)];
}

/** What waited for confirmations is in an open channel now. */
function explainOpened(gaps: Gaps, seen: Evidence): [Explanation | null, Gaps] {
  const movedMsat = -gaps.pendingMsat;
  if (movedMsat <= 0n || !seen.opened.some((c) => c.initiator)) return [null, gaps];
  const postings = postingsOf(["asset:ln-pending", -movedMsat], ["asset:ln-hot", movedMsat]);
  const change = { pendingMsat: 0n, hotMsat: gaps.hotMsat - movedMsat };
  const note = "A channel of ours is open.";
  return [{ kind: "channel-opened", note, postings }, rest(gaps, change)];
}

/** What a channel keeps for its commitment transaction changes with the fees of the chain. */
function explainReserved(gaps: Gaps): [Explanation | null, Gaps] {
  const { reservedMsat } = gaps;
  if (reservedMsat === 0n) return [null, gaps];
  const postings = postingsOf(["asset:ln-reserved", reservedMsat], ["asset:ln-hot", -reservedMsat]);
  const change = { reservedMsat: 0n, hotMsat: gaps.hotMsat + reservedMsat };
  const note = "What the commitment transactions keep has changed.";
  return [{ kind: "commitment-fee", note, postings }, rest(gaps, change)];
}

/** More coins than the ledger knows, and none of them from a channel: a deposit, once confirmed. */
function explainDeposit(gaps: Gaps): [Explanation | null, Gaps] {
  if (gaps.chainMsat <= 0n || channelSide(gaps) < 0n) return [null, gaps];
  const waiting = gaps.unconfirmedMsat > 0n ? gaps.unconfirmedMsat : 0n;
  const creditMsat = gaps.chainMsat - waiting;
  if (creditMsat <= 0n) return [null, gaps];
  const postings = postingsOf(["asset:onchain-warm", creditMsat], ["party:owner", -creditMsat]);
  const note = "Coins came to an address of the node's wallet.";
  return [{ kind: "deposit", note, postings }, rest(gaps, { chainMsat: waiting })];
}

/** Which of our coins are confirmed; moves nothing between owners. */
function explainConfirmed(gaps: Gaps): [Explanation | null, Gaps] {
  const { unconfirmedMsat } = gaps;
  if (unconfirmedMsat === 0n || gaps.chainMsat !== 0n) return [null, gaps];
  const postings = postingsOf(
    ["asset:onchain-pending", unconfirmedMsat],
    ["asset:onchain-warm", -unconfirmedMsat],
  );
  const note = "Coins were confirmed, or wait for it.";
  return [{ kind: "confirmations", note, postings }, rest(gaps, { unconfirmedMsat: 0n })];
}

/** What the node's evidence explains, in order, and what is left. */
export function explain(
  gaps: Gaps,
  seen: Evidence,
): { readonly journals: readonly Explanation[]; readonly left: Gaps } {
  let left = gaps;
  const journals: Explanation[] = [];
  for (const rule of [
    explainFunding,
    explainOpened,
    explainReserved,
    explainDeposit,
    explainConfirmed,
  ]) {
    const [journal, after] = rule(left, seen);
    left = after;
    if (journal !== null) journals.push(journal);
  }
  return { journals, left };
}

/** Coins on their way to us are no fault; everything else is. */
export const isHarmless = (difference: Difference): boolean =>
  difference.kind === "deposit-unconfirmed";

/** Names what is left; `openMsat` is what payments without a known end may have taken. */
export function nameDifferences(left: Gaps, node: Gaps, openMsat: bigint): readonly Difference[] {
  const found: Difference[] = [];
  const name = (kind: string, account: string, gap: keyof Gaps, sentence: string) => {
    if (left[gap] === 0n) return;
    const nodeMsat = node[gap];
    found.push({ kind, account, ledgerMsat: nodeMsat - left[gap], nodeMsat, sentence });
  };
  const unresolved = left.hotMsat < 0n && -left.hotMsat <= openMsat;
  name(
    unresolved ? "payment-unknown" : "unexplained",
    "asset:ln-hot",
    "hotMsat",
    unresolved
      ? "Payments whose end is not known yet have taken no more than this from the channels."
      : `The channels hold ${more(left.hotMsat)} than the ledger says.`,
  );
  name(
    "unexplained",
    "asset:ln-reserved",
    "reservedMsat",
    `Commitment transactions keep ${more(left.reservedMsat)} than the ledger says.`,
  );
  name(
    left.pendingMsat > 0n ? "channel-opening" : "unexplained",
    "asset:ln-pending",
    "pendingMsat",
    `Channels that open hold ${more(left.pendingMsat)} than the ledger says.`,
  );
  const coming = left.chainMsat > 0n && left.chainMsat <= left.unconfirmedMsat;
  name(
    coming ? "deposit-unconfirmed" : "unexplained",
    "asset:onchain-warm",
    "chainMsat",
    coming
      ? "Coins are on their way to the wallet; they are credited once they are confirmed."
      : `The wallet holds ${more(left.chainMsat)} than the ledger says.`,
  );
  return found;
}

const more = (gapMsat: bigint): string =>
  gapMsat > 0n ? `${gapMsat} msat more` : `${-gapMsat} msat less`;
