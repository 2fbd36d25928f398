import { describe, expect, it } from "vitest";
import { houseAgents } from "./personas.ts";
import { bondsInSat, recommendAgent } from "./routing.ts";

const task = "Write a Python function";
const rich = () => 1_000_000n;
const ask = (bids: Record<string, number>, available: (bidder: string) => bigint = rich) =>
  recommendAgent({
    task,
    bids: bondsInSat(bids),
    requireBalance: true,
    agents: houseAgents,
    availableMsat: available,
  });

describe("payment-aware routing", () => {
  it("picks forge in the plan's example", () => {
    const { winner, bids } = ask({ "forge-001": 100, "echo-001": 50 });
    expect(winner).toBe("forge-001");
    expect(bids.map(({ bidder }) => bidder)).toEqual(["forge-001", "echo-001"]);
    expect(bids[0]?.score).toBeGreaterThan(0.8);
  });
  it("leaves forge out with the reason when its bond of 100 is covered by 60 only", () => {
    const { winner, bids } = ask({ "forge-001": 100, "echo-001": 50 }, (bidder) =>
      bidder === "forge-001" ? 60_000n : 50_000n,
    );
    expect(winner).toBe("echo-001");
    expect(bids.find(({ bidder }) => bidder === "forge-001")).toMatchObject({
      leftOut: "balance-too-low",
      why: "A bond of 100000 msat, but 60000 msat available.",
    });
  });
  it("does not ask for cover when told not to", () => {
    const bids = bondsInSat({ "forge-001": 100 });
    const availableMsat = () => 0n;
    const question = { task, bids, requireBalance: false, agents: houseAgents, availableMsat };
    expect(recommendAgent(question).winner).toBe("forge-001");
  });
  it("leaves out bids that are no whole number above zero, and goes on with the others", () => {
    for (const bad of [0, -1, Number.NaN, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
      const { winner, bids } = ask({ "forge-001": bad, "quill-001": 10 });
      expect(winner, String(bad)).toBe("quill-001");
      expect(bids[1]).toMatchObject({ bidder: "forge-001", leftOut: "bad-bid", score: 0 });
    }
  });
  it("measures bonds against the largest that stands, not against one that was left out", () => {
    const low = (bidder: string) => (bidder === "echo-001" ? 0n : 1_000_000n);
    const { bids } = ask({ "forge-001": 100, "echo-001": 900 }, low);
    expect(bids[0]?.score).toBeCloseTo(0.6 * (bids[0]?.capability ?? 0) + 0.4, 6);
  });
  it("gives equal scores to the cheaper, then to the first name", () => {
    const agents = ["a", "b"].map((id) => ({ id, persona: houseAgents[0]?.persona }));
    const known = agents.flatMap(({ id, persona }) => (persona ? [{ id, persona }] : []));
    const bid = (bidder: string, price: bigint) => ({ bidder, price, bond: 5n });
    const pick = (bids: readonly { bidder: string; price: bigint; bond: bigint }[]) =>
      recommendAgent({ task, bids, requireBalance: true, agents: known, availableMsat: rich })
        .winner;
    expect(pick([bid("b", 3n), bid("a", 4n)])).toBe("b");
    expect(pick([bid("b", 3n), bid("a", 3n)])).toBe("a");
  });
  it("answers nobody when no bid stands", () => {
    expect(ask({}).winner).toBeNull();
    expect(ask({ "stranger-9": 5 }).winner).toBeNull();
  });
});
