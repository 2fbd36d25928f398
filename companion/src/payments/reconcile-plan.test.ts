import { describe, expect, it } from "vitest";
import type { Channel } from "../lightning/backend.ts";
import { maxFundingFeeMsat } from "./limits.ts";
import type { Gaps } from "./node-accounts.ts";
import { type Evidence, explain, nameDifferences } from "./reconcile-plan.ts";

const none: Gaps = {
  ...{ hotMsat: 0n, reservedMsat: 0n, pendingMsat: 0n, chainMsat: 0n, unconfirmedMsat: 0n },
};
const gaps = (some: Partial<Gaps>): Gaps => ({ ...none, ...some });
const nothing: Evidence = { opened: [], closedPoints: [] };
const channel = (capacityMsat: bigint, initiator: boolean): Channel => ({
  ...{ id: "1", point: "a:0", peerPubkey: "02", peerAlias: "", capacityMsat, localMsat: 0n },
  ...{ remoteMsat: 0n, localReserveMsat: 0n, pendingHtlcs: 0, active: true, initiator },
  isPrivate: false,
});
const opened = (capacityMsat: bigint, ours = true): Evidence => ({
  ...{ opened: [channel(capacityMsat, ours)], closedPoints: [] },
});
const closed: Evidence = { opened: [], closedPoints: ["a:0"] };

describe("the plan of a reconciliation", () => {
  const cases: readonly (readonly [string, Gaps, Evidence, readonly string[], Partial<Gaps>])[] = [
    ["nothing differs", none, nothing, [], {}],
    [
      "a channel that opens, with its fee",
      gaps({ pendingMsat: 900n, reservedMsat: 100n, chainMsat: -1010n }),
      ...([nothing, ["channel-funded"], {}] as const),
    ],
    [
      "a fee that no transaction costs is not one",
      gaps({ pendingMsat: 1000n, chainMsat: -1001n - maxFundingFeeMsat }),
      ...([nothing, [], { pendingMsat: 1000n, chainMsat: -1001n - maxFundingFeeMsat }] as const),
    ],
    [
      "coins that come out of nothing pay for no channel",
      gaps({ pendingMsat: 1000n, chainMsat: -999n }),
      ...([nothing, [], { pendingMsat: 1000n, chainMsat: -999n }] as const),
    ],
    [
      "a channel of ours that is open fits to the msat",
      gaps({ hotMsat: 900n, reservedMsat: 100n, chainMsat: -1010n }),
      ...([opened(1000n), ["channel-funded"], {}] as const),
    ],
    [
      "one msat too much is no channel",
      gaps({ hotMsat: 901n, reservedMsat: 100n, chainMsat: -1011n }),
      ...([opened(1000n), ["commitment-fee"], { hotMsat: 1001n, chainMsat: -1011n }] as const),
    ],
    [
      "a channel of another pays nobody's coins",
      gaps({ hotMsat: 1000n, chainMsat: -1010n }),
      ...([opened(1000n, false), [], { hotMsat: 1000n, chainMsat: -1010n }] as const),
    ],
    [
      "a channel that was closed gives its coins back",
      gaps({ hotMsat: -900n, reservedMsat: -100n, chainMsat: 950n, unconfirmedMsat: 950n }),
      ...([closed, ["channel-closed", "confirmations"], {}] as const),
    ],
    [
      "coins while the channels miss some are no deposit",
      gaps({ hotMsat: -1000n, chainMsat: 950n }),
      ...([nothing, [], { hotMsat: -1000n, chainMsat: 950n }] as const),
    ],
    ["a deposit", gaps({ chainMsat: 500n }), nothing, ["deposit"], {}],
    [
      "a deposit that is half confirmed",
      gaps({ chainMsat: 500n, unconfirmedMsat: 200n }),
      ...([nothing, ["deposit"], { chainMsat: 200n, unconfirmedMsat: 200n }] as const),
    ],
    [
      "change that waits for its confirmation",
      gaps({ unconfirmedMsat: 300n }),
      ...([nothing, ["confirmations"], {}] as const),
    ],
    ["money that is missing", gaps({ hotMsat: -7n }), nothing, [], { hotMsat: -7n }],
  ];
  it.each(cases)("%s", (_title, from, seen, kinds, left) => {
    const plan = explain(from, seen);
    expect(plan.journals.map((journal) => journal.kind)).toEqual(kinds);
    expect(plan.left).toEqual(gaps(left));
    for (const { postings } of plan.journals) {
      expect(postings.reduce((sum, p) => sum + p.amountMsat, 0n)).toBe(0n);
    }
  });
  it("names every gap that is left with both sides", () => {
    const left = gaps({ hotMsat: -7n, reservedMsat: 1n, pendingMsat: 2n, chainMsat: -3n });
    const node = gaps({ hotMsat: 100n, reservedMsat: 10n, pendingMsat: 20n, chainMsat: 30n });
    const named = nameDifferences(left, node, 0n);
    expect(named.map((d) => [d.kind, d.account, d.ledgerMsat, d.nodeMsat])).toEqual([
      ["unexplained", "asset:ln-hot", 107n, 100n],
      ["unexplained", "asset:ln-reserved", 9n, 10n],
      ["channel-opening", "asset:ln-pending", 18n, 20n],
      ["unexplained", "asset:onchain-warm", 33n, 30n],
    ]);
    expect(nameDifferences(left, node, 7n)[0]?.kind).toBe("payment-unknown");
    expect(nameDifferences(left, node, 6n)[0]?.kind).toBe("unexplained");
  });
});
