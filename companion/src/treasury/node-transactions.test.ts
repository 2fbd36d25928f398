import { afterEach, describe, expect, it } from "vitest";
import { parseAddress } from "./bitcoin-address.ts";
import { createTreasuryWorld, type TreasuryWorld } from "./treasury-fixture.ts";

const sat = 1000n;
const worlds: TreasuryWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** A raw transaction with one input and one output. */
function paying(address: string, amountSat: bigint): string {
  const parsed = parseAddress(address, "regtest");
  if (!parsed.ok) throw new Error(parsed.code);
  const amount = Buffer.alloc(8);
  amount.writeBigUInt64LE(amountSat);
  const script = Buffer.from(parsed.value.scriptHex, "hex");
  const parts = ["02000000", "01", "ab".repeat(32), "00000000", "00", "ffffffff", "01"];
  const length = script.length.toString(16).padStart(2, "0");
  return [...parts, amount.toString("hex"), length, parsed.value.scriptHex, "00000000"].join("");
}
/** An approved withdrawal of 40,000 sat home; a real node's answer is `rawHex`. */
async function outcomeOf(rawHex: (world: TreasuryWorld) => string) {
  const published: string[] = [];
  const world: TreasuryWorld = createTreasuryWorld({
    backend: (mock) => ({
      ...mock,
      kind: "lnd",
      fundSweep: async () => ({
        txid: "ab".repeat(32),
        rawHex: rawHex(world),
        feeMsat: 500n * sat,
      }),
      publishTransaction: async (raw) => void published.push(raw),
      confirmations: async () => 0,
    }),
  });
  worlds.push(world);
  const anna = world.enrol("anna");
  const made = world.treasury().requestWithdrawal({
    key: "k",
    party: "owner",
    amountMsat: 40_000n * sat,
    destination: world.address("home"),
    feeCapMsat: 1_000n * sat,
    why: "",
    requestedBy: "session:dashboard",
  });
  if (!made.ok) throw new Error(made.code);
  const { id, digest } = made.approval;
  world.treasury().approve(id, { digest, ...anna.factor() });
  await world.treasury().tick();
  const approval = world.treasury().approval(id);
  return { state: approval?.state, outcome: approval?.outcome, published: published.length };
}

describe("a transaction that a real node signed", () => {
  it("is published when it pays what was approved", async () => {
    const result = await outcomeOf((world) => paying(world.address("home"), 40_000n));
    expect(result).toMatchObject({ state: "sent", published: 1 });
  });
  it.each([
    [
      "somebody else",
      (w: TreasuryWorld) => paying(w.address("thief"), 40_000n),
      "approval-changed",
    ],
    ["too much", (w: TreasuryWorld) => paying(w.address("home"), 40_001n), "approval-changed"],
    ["nobody that can be read", () => "00ff", "lnd-refused"],
  ])("is not published when it pays %s", async (_name, rawHex, outcome) => {
    expect(await outcomeOf(rawHex)).toEqual({ state: "failed", outcome, published: 0 });
  });
});
