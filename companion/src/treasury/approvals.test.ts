import { afterEach, describe, expect, it } from "vitest";
import type { AskResult, WithdrawalAsk } from "./port.ts";
import { createTreasuryWorld, type TreasuryWorld, type WorldOptions } from "./treasury-fixture.ts";

const sat = 1000n;
const worlds: TreasuryWorld[] = [];
function open(options: WorldOptions = {}): TreasuryWorld {
  const world = createTreasuryWorld(options);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

let keys = 0;
const ask = (world: TreasuryWorld, over: Partial<WithdrawalAsk> = {}): WithdrawalAsk => ({
  key: `k${++keys}`,
  party: "owner",
  amountMsat: 50_000n * sat,
  destination: world.backend.makeForeignInvoice(50_000n * sat, "rent", 86_400),
  feeCapMsat: 600n * sat,
  why: "rent",
  requestedBy: "session:dashboard",
  ...over,
});
function granted(result: AskResult) {
  if (!result.ok) throw new Error(`${result.code} ${result.details}`);
  return result.approval;
}
const ownerHeld = (world: TreasuryWorld) => world.books.ledger.balance("party:owner").heldMsat;

describe("a withdrawal that a person approves", () => {
  it("is held when it is asked for, paid once, and confirmed with its fee", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(world.treasury().requestWithdrawal(ask(world)));
    expect(made).toMatchObject({ state: "pending", destination_new: true });
    expect(ownerHeld(world)).toBe(50_600n * sat);
    const decided = world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    expect(granted(decided).state).toBe("approved");
    await world.treasury().tick();
    await world.settle();
    await world.treasury().tick();
    expect(world.treasury().approval(made.id)).toMatchObject({
      state: "confirmed",
      decided_by: "person:anna",
    });
    expect(ownerHeld(world)).toBe(0n);
    const [payment] = world.payments().list({ limit: 5 });
    expect(payment).toMatchObject({ state: "succeeded", purpose: "withdrawal" });
    expect(world.backend.sentMsat()).toBe(50_000n * sat + (payment?.feeMsat ?? 0n));
    expect(world.books.ledger.verify()).toEqual([]);
  });
  it("is answered the same for the same key, and refused for another content", () => {
    const world = open();
    const first = ask(world);
    const made = granted(world.treasury().requestWithdrawal(first));
    expect(world.treasury().requestWithdrawal(first)).toMatchObject({ ok: true, fresh: false });
    expect(world.treasury().requestWithdrawal({ ...first, feeCapMsat: 1n })).toMatchObject({
      code: "duplicate-key",
    });
    expect(
      world
        .treasury()
        .approvals()
        .approvals.map((a) => a.id),
    ).toEqual([made.id]);
  });
  it("is not approved by who asked for it", () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(
      world.treasury().requestWithdrawal(ask(world, { requestedBy: "person:anna" })),
    );
    const decision = { digest: made.digest, ...anna.factor() };
    expect(world.treasury().approve(made.id, decision)).toMatchObject({ code: "self-approval" });
    expect(world.treasury().approval(made.id)?.state).toBe("pending");
  });
  it("is not approved by a digest of something else", () => {
    const world = open();
    const anna = world.enrol("anna");
    const [one, two] = [1, 2].map(() => granted(world.treasury().requestWithdrawal(ask(world))));
    const decision = { digest: two?.digest ?? "", ...anna.factor() };
    expect(world.treasury().approve(one?.id ?? "", decision)).toMatchObject({
      code: "approval-changed",
    });
  });
  it("is not carried out when its row was changed after the approval", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(world.treasury().requestWithdrawal(ask(world)));
    const { sql } = world.books;
    const edit = () =>
      sql.run("UPDATE treasury_requests SET amount_msat = amount_msat * 2 WHERE id = ?", made.id);
    expect(edit).toThrow(/never changed/);
    world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    sql.run("DROP TRIGGER treasury_requests_bound");
    edit();
    await world.treasury().tick();
    expect(world.treasury().approval(made.id)).toMatchObject({
      state: "failed",
      outcome: "approval-changed",
    });
    expect(world.backend.sentMsat()).toBe(0n);
    expect(ownerHeld(world)).toBe(0n);
  });
  it("to an address is not carried out when its row was changed after the approval", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const change = { destination: world.address("home"), amountMsat: 40_000n * sat };
    const made = granted(
      world.treasury().requestWithdrawal(ask(world, { ...change, feeCapMsat: 5_000n * sat })),
    );
    world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    const { sql } = world.books;
    sql.run("DROP TRIGGER treasury_requests_bound");
    sql.run("UPDATE treasury_requests SET destination = ?", world.address("thief"));
    await world.treasury().tick();
    expect(world.treasury().approval(made.id)).toMatchObject({ outcome: "approval-changed" });
    expect((await world.backend.getBalance()).onchainUnconfirmedMsat).toBe(0n);
  });
  it("is not approved while the kill switch is on, and uses up no code then", () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(world.treasury().requestWithdrawal(ask(world)));
    world.treasury().setKillSwitch(true);
    const factor = anna.factor();
    const decision = { digest: made.digest, ...factor };
    expect(world.treasury().approve(made.id, decision)).toMatchObject({ code: "kill-switch" });
    expect(world.treasury().setKillSwitch(false, factor)).toEqual({ ok: true });
  });
  it("fills no window of what may leave without a person", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(world.treasury().requestWithdrawal(ask(world)));
    world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    await world.treasury().tick();
    await world.settle();
    expect(world.payments().list({ limit: 1 })).toMatchObject([{ state: "succeeded" }]);
    expect(world.gate().spentSince(-1)).toBe(0n);
    expect(world.treasury().view().tiers.hot.day_spent_msat).toBe("0");
  });
  it("expires after seven days of the treasury's time although the wall clock went back", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const destination = world.address("a");
    const made = granted(world.treasury().requestWithdrawal(ask(world, { destination })));
    world.jumpWall(-30 * 86_400_000);
    await world.pass(7 * 86_400_000);
    const late = world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    expect(late).toMatchObject({ code: "approval-closed" });
  });
  it("is decided once when two tabs click at the same time", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const made = granted(world.treasury().requestWithdrawal(ask(world)));
    const first = world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    const second = world.treasury().deny(made.id, { digest: made.digest, ...anna.factor() });
    expect(granted(first).state).toBe("approved");
    expect(second).toMatchObject({ code: "approval-closed", details: "It is approved." });
    await Promise.all([world.treasury().tick(), world.treasury().tick()]);
    await world.settle();
    expect(world.payments().list({ limit: 9 })).toHaveLength(1);
  });
  it("gives its money back when it is denied, and when seven days have passed", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const address = { destination: world.address("a"), requestedBy: "session:x" } as const;
    const one = granted(world.treasury().requestWithdrawal(ask(world, address)));
    const two = granted(world.treasury().requestWithdrawal(ask(world, address)));
    world.treasury().deny(one.id, { digest: one.digest, ...anna.factor() });
    expect(world.treasury().approval(one.id)?.state).toBe("rejected");
    await world.pass(7 * 86_400_000);
    const late = world.treasury().approve(two.id, { digest: two.digest, ...anna.factor() });
    expect(late).toMatchObject({ code: "approval-closed" });
    expect(world.treasury().approval(two.id)?.state).toBe("expired");
    expect(ownerHeld(world)).toBe(0n);
  });
});

describe("a withdrawal without a person", () => {
  const agent = { party: "agent:forge", requestedBy: "agent:forge" } as const;
  function openWithAllowed() {
    const funds = { owner: 1_000_000n * sat, "agent:forge": 500_000n * sat } as const;
    const world = open({ funds });
    const anna = world.enrol("anna");
    const allow = [world.backend.pubkeyOf("payee")];
    const set = world.treasury().setPolicy({ allow }, anna.factor());
    expect(set).toEqual({ ok: true });
    const invoice = (amountMsat: bigint) => ({
      amountMsat,
      destination: world.backend.makeForeignInvoice(amountMsat, "parts", 86_400),
      feeCapMsat: 20n * sat,
    });
    return { world, anna, invoice };
  }
  it("leaves at once when it is small and goes where a person allowed", async () => {
    const { world, invoice } = openWithAllowed();
    const made = granted(
      world.treasury().requestWithdrawal(ask(world, { ...agent, ...invoice(5_000n * sat) })),
    );
    expect(made.state).toBe("auto");
    await world.treasury().tick();
    await world.settle();
    await world.treasury().tick();
    expect(world.treasury().approval(made.id)?.state).toBe("confirmed");
  });
  it("is not helped by splitting: ten pieces of what needs a person do not leave", async () => {
    const { world, invoice } = openWithAllowed();
    const states = Array.from(
      { length: 10 },
      () =>
        granted(
          world.treasury().requestWithdrawal(ask(world, { ...agent, ...invoice(9_000n * sat) })),
        ).state,
    );
    const auto = states.filter((state) => state === "auto").length;
    // 40,000 sat an hour hold four pieces of 9,020.
    expect(auto).toBe(4);
    expect(states.slice(4)).toEqual(Array(6).fill("pending"));
    await world.treasury().tick();
    await world.settle();
    expect(world.payments().list({ limit: 20 })).toHaveLength(4);
  });
  it("gives the windows back what did not leave", async () => {
    const { world, invoice } = openWithAllowed();
    world.backend.failNextPayment({ kind: "fail", reason: "no-route" });
    granted(world.treasury().requestWithdrawal(ask(world, { ...agent, ...invoice(9_000n * sat) })));
    expect(world.gate().spentSince(-1)).toBe(9_020n * sat);
    await world.treasury().tick();
    await world.settle();
    await world.treasury().tick();
    expect(world.gate().spentSince(-1)).toBe(0n);
  });
  it("waits for a person as long as nobody is on the allow list", () => {
    const world = open();
    const made = world.treasury().requestWithdrawal(
      ask(world, {
        amountMsat: 100n * sat,
        destination: world.backend.makeForeignInvoice(100n * sat, "x", 86_400),
        feeCapMsat: 5n * sat,
      }),
    );
    expect(granted(made).state).toBe("pending");
  });
  it("waits for a person above the cap, to strangers, and under the kill switch", () => {
    const { world, invoice } = openWithAllowed();
    const state = (over: Partial<WithdrawalAsk>) =>
      granted(world.treasury().requestWithdrawal(ask(world, { ...agent, ...over }))).state;
    expect(state(invoice(10_001n * sat))).toBe("pending");
    expect(state({ destination: world.address("x"), amountMsat: 5_000n * sat })).toBe("pending");
    world.treasury().setKillSwitch(true);
    expect(state(invoice(1_000n * sat))).toBe("pending");
  });
  it("is refused to an agent that asks for another one's account", () => {
    const { world, invoice } = openWithAllowed();
    const result = world
      .treasury()
      .requestWithdrawal(ask(world, { ...invoice(1000n * sat), requestedBy: "agent:forge" }));
    expect(result).toMatchObject({ code: "provenance-refused" });
  });
});
