import { afterEach, describe, expect, it } from "vitest";
import type { Spend } from "../payments/port.ts";
import { createTreasuryWorld, type TreasuryWorld } from "./treasury-fixture.ts";

const sat = 1000n;
const worlds: TreasuryWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** An approved withdrawal that is being carried out, and the one spend that it stands for. */
async function executing() {
  const world = createTreasuryWorld();
  worlds.push(world);
  const anna = world.enrol("anna");
  const made = world.treasury().requestWithdrawal({
    key: "k",
    party: "owner",
    amountMsat: 50_000n * sat,
    destination: world.backend.makeForeignInvoice(50_000n * sat, "x", 86_400),
    feeCapMsat: 600n * sat,
    why: "",
    requestedBy: "session:dashboard",
  });
  if (!made.ok) throw new Error(made.code);
  const { id, digest } = made.approval;
  const spend: Spend = {
    reference: "p1",
    party: "owner",
    purpose: "withdrawal",
    payee: world.backend.pubkeyOf("payee"),
    destination: made.approval.destination,
    amountMsat: 50_000n * sat,
    maxFeeMsat: 600n * sat,
    origin: { from: "record", record: `withdrawal:${id}` },
  };
  const judge = (over: Partial<Spend> = {}) => {
    const verdict = world.gate().judge({ ...spend, ...over });
    return verdict.ok ? "ok" : verdict.code;
  };
  const begin = () => {
    world.treasury().approve(id, { digest, ...anna.factor() });
    world.books.sql.run("UPDATE treasury_requests SET state = 'executing' WHERE id = ?", id);
  };
  return { judge, begin };
}

describe("a spend that shows an approved request", () => {
  it("passes the caps when it is that request, and only once", async () => {
    const { judge, begin } = await executing();
    begin();
    expect(judge()).toBe("ok");
    expect(judge({ reference: "p2" })).toBe("approval-closed");
  });
  it("is refused while the request waits for a person", async () => {
    const { judge } = await executing();
    expect(judge()).toBe("provenance-refused");
  });
  it.each([
    ["payee", { payee: "02".padEnd(66, "e") }],
    ["invoice of the same payee", { destination: "lnbcrt1another" }],
    ["amount", { amountMsat: 50_001n * sat }],
    ["smaller amount", { amountMsat: 49_999n * sat }],
    ["fee cap", { maxFeeMsat: 601n * sat }],
    ["party", { party: "agent:forge" }],
  ] as const)("is refused with another %s", async (_name, over) => {
    const { judge, begin } = await executing();
    begin();
    expect(judge(over)).toBe("approval-changed");
    expect(judge()).toBe("ok");
  });
});
