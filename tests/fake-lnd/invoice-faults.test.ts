import { randomBytes } from "node:crypto";
import type { Invoice, InvoiceCursor } from "@timmy/companion/lightning/backend";
import { TimmyError } from "@timmy/shared/errors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConnected } from "./connected.ts";
import { uri } from "./methods.ts";

let world: Awaited<ReturnType<typeof startConnected>>;
beforeAll(async () => {
  world = await startConnected();
  await world.backend.healthCheck();
});
afterAll(() => world.stop());

const create = (preimage: Uint8Array = randomBytes(32)) =>
  world.backend.createInvoice({ preimage, amountMsat: 9000n, memo: "tea", expiryS: 3600 });

/** Waits until both connections stand again after a cut. */
const backAgain = () =>
  expect.poll(async () => (await world.backend.healthCheck()).state).toBe("active");

/** Listens until the stream or the test ends it; `reason` is why. */
async function listen(cursor: InvoiceCursor) {
  const abort = new AbortController();
  const told: Invoice[] = [];
  const calls = world.fake.script.calls(uri.subscribeInvoices);
  const reason = world.backend
    .subscribeInvoices(cursor, (invoice) => told.push(invoice), abort.signal)
    .then(
      () => null,
      (error: unknown) => error,
    );
  await expect.poll(() => world.fake.script.calls(uri.subscribeInvoices)).toBe(calls + 1);
  return { told, reason, end: () => abort.abort() };
}
const cursorOf = (one: Invoice): InvoiceCursor => ({
  addIndex: one.addIndex,
  settleIndex: one.settleIndex,
});
async function paidInvoice(): Promise<Invoice> {
  const { paymentHash } = await create();
  world.fake.node.payOurs(paymentHash);
  const invoice = await world.backend.getInvoice(paymentHash);
  if (invoice === null) throw new Error("the invoice is gone");
  return invoice;
}

describe("creating an invoice", () => {
  it.each(["killed-after", "dropped-answer"] as const)(
    "whose answer was lost (%s) is repeated and gives the same invoice",
    async (fault) => {
      const preimage = randomBytes(32);
      world.fake.script.plan(uri.addInvoice, fault);
      await expect(create(preimage)).rejects.toMatchObject({ code: "lnd-away" });
      await backAgain();
      const count = world.fake.node.invoices.count();
      const again = await create(preimage);
      expect(again.state).toBe("open");
      expect(world.fake.node.invoices.count()).toBe(count);
    },
  );
  it("that never arrived (killed-before) is repeated and made", async () => {
    const preimage = randomBytes(32);
    world.fake.script.plan(uri.addInvoice, "killed-before");
    await expect(create(preimage)).rejects.toMatchObject({ code: "lnd-away" });
    await backAgain();
    expect((await create(preimage)).state).toBe("open");
  });
  it("takes its time on a slow node", async () => {
    world.fake.script.plan(uri.addInvoice, "slow");
    const calls = world.fake.script.calls(uri.addInvoice);
    const made = create();
    await expect.poll(() => world.fake.script.calls(uri.addInvoice)).toBe(calls + 1);
    world.pass(20_000);
    expect((await made).state).toBe("open");
  });
});

describe("the events of invoices", () => {
  it("may come twice, and are told as they come", async () => {
    const cursor = cursorOf(await paidInvoice());
    world.fake.script.plan(uri.subscribeInvoices, "events-twice");
    const ear = await listen(cursor);
    const { paymentHash } = await create();
    await expect.poll(() => ear.told.length).toBe(2);
    expect(ear.told.map((one) => one.paymentHash)).toEqual([paymentHash, paymentHash]);
    ear.end();
    await ear.reason;
  });
  it("of indices with gaps are all told, after the cursor", async () => {
    const cursor = cursorOf(await paidInvoice());
    world.fake.node.invoices.skipIndices(17n);
    const later = await paidInvoice();
    expect(later.addIndex).toBe(cursor.addIndex + 18n);
    const ear = await listen(cursor);
    await expect.poll(() => ear.told.length).toBe(2);
    expect(ear.told.every((one) => one.paymentHash === later.paymentHash)).toBe(true);
    const page = await world.backend.listInvoices({ afterAddIndex: cursor.addIndex, limit: 9 });
    expect(page.map((one) => one.addIndex)).toEqual([later.addIndex]);
    ear.end();
    await ear.reason;
  });
  it("that were lost with the stream come again from the cursor", async () => {
    const cursor = cursorOf(await paidInvoice());
    world.fake.script.plan(uri.subscribeInvoices, "events-dropped");
    const ear = await listen(cursor);
    const { paymentHash } = await create();
    expect(await ear.reason).toBeInstanceOf(TimmyError);
    expect(ear.told).toEqual([]);
    const again = await listen(cursor);
    await expect.poll(() => again.told.map((one) => one.paymentHash)).toEqual([paymentHash]);
    again.end();
    await again.reason;
  });
  it("end with a reason when the node is killed", async () => {
    const ear = await listen({ addIndex: 0n, settleIndex: 0n });
    world.fake.relay.cut();
    expect(await ear.reason).toMatchObject({ code: "lnd-away" });
  });
});
