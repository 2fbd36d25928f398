import { describe, expect, it } from "vitest";
import type { Channel, Forward } from "../lightning/backend.ts";
import { planRebalance, type RebalanceFacts, type RebalanceTry } from "./rebalance-plan.ts";

const sat = 1000n;
const channel = (id: string, localSat: bigint, over: Partial<Channel> = {}): Channel => ({
  id,
  point: `${id}:0`,
  peerPubkey: `peer-${id}`,
  peerAlias: id,
  capacityMsat: 1_000_000n * sat,
  localMsat: localSat * sat,
  remoteMsat: (1_000_000n - localSat) * sat,
  localReserveMsat: 10_000n * sat,
  pendingHtlcs: 0,
  active: true,
  initiator: true,
  isPrivate: false,
  ...over,
});
const earned = (channelOut: string, feeSat: bigint): Forward => ({
  ...{ atNs: 0n, channelIn: "x", channelOut, amountOutMsat: 1n },
  feeMsat: feeSat * sat,
});
const failed = (atMs: number): RebalanceTry => ({
  ...{ fromChannel: "full", toChannel: "dry", atMs, state: "failed", feeMsat: 0n },
});
const facts = (over: Partial<RebalanceFacts> = {}): RebalanceFacts => ({
  channels: [channel("full", 900_000n), channel("dry", 100_000n)],
  forwards: [earned("dry", 1_000_000n)],
  tries: [],
  nowMs: 1_000_000_000,
  budgetMsat: 10_000n * sat,
  ...over,
});
const reasonOf = (over: Partial<RebalanceFacts>) => {
  const answer = planRebalance(facts(over));
  return answer.ok ? "planned" : answer.reason;
};

describe("the rebalancing planner", () => {
  it("moves from the full channel to the dry one at no more than 500 ppm", () => {
    expect(planRebalance(facts())).toEqual({
      ok: true,
      plan: {
        fromChannel: "full",
        toChannel: "dry",
        lastHop: "peer-dry",
        amountMsat: 250_000n * sat,
        maxFeeMsat: 125n * sat,
      },
    });
  });
  it("pays at most 60 % of what the channel earned in seven days, less what it cost", () => {
    const maxFee = (over: Partial<RebalanceFacts>) => {
      const answer = planRebalance(facts(over));
      return answer.ok ? answer.plan.maxFeeMsat : null;
    };
    expect(maxFee({ forwards: [earned("dry", 100n)] })).toBe(60n * sat);
    const past = { ...failed(1), state: "done", feeMsat: 50n * sat } as const;
    expect(maxFee({ forwards: [earned("dry", 100n)], tries: [past] })).toBe(10n * sat);
    expect(maxFee({ forwards: [earned("full", 100n)] })).toBeNull();
  });
  it("stays within the day's budget", () => {
    const answer = planRebalance(facts({ budgetMsat: 7n * sat }));
    expect(answer.ok && answer.plan.maxFeeMsat).toBe(7n * sat);
    expect(reasonOf({ budgetMsat: 0n })).toBe("the day's budget is spent");
  });
  it("does nothing within 25 and 75 %", () => {
    const channels = [channel("full", 750_000n), channel("dry", 250_000n)];
    expect(reasonOf({ channels })).toBe("balanced");
    const beyond = [channel("full", 750_000n), channel("dry", 249_999n)];
    expect(reasonOf({ channels: beyond })).toBe("planned");
  });
  it("says that there is no cycle with one channel, one peer, or a peer that is away", () => {
    const none = "infeasible: no cycle";
    const [full, dry] = [channel("full", 900_000n), channel("dry", 100_000n)];
    expect(reasonOf({ channels: [full] })).toBe(none);
    expect(reasonOf({ channels: [full, { ...dry, peerPubkey: full.peerPubkey }] })).toBe(none);
    expect(reasonOf({ channels: [full, { ...dry, active: false }] })).toBe(none);
    expect(reasonOf({ channels: [full, { ...dry, pendingHtlcs: 1 }] })).toBe(none);
  });
  it("does one at a time", () => {
    expect(reasonOf({ tries: [{ ...failed(0), state: "running" }] })).toBe("one is on its way");
  });
  it("waits after a failure, twice as long each time, a day at most", () => {
    const minute = 60_000;
    const waits = (failures: number, afterMs: number) =>
      reasonOf({ tries: Array(failures).fill(failed(1_000_000_000 - afterMs)) });
    expect(waits(1, 10 * minute - 1)).toBe("waits after a failure");
    expect(waits(1, 10 * minute)).toBe("planned");
    expect(waits(3, 40 * minute - 1)).toBe("waits after a failure");
    expect(waits(3, 40 * minute)).toBe("planned");
    expect(waits(30, 86_400_000)).toBe("planned");
  });
});
