import { createHash } from "node:crypto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { WireInvoice } from "@timmy/protos/messages";
import { describe, expect, it } from "vitest";
import type { NodeCalls } from "./node-calls.ts";
import { cancelInvoice, createInvoice, invoiceTimeS, readInvoice } from "./node-invoices.ts";

const preimage = Buffer.alloc(32, 7);
const hash = createHash("sha256").update(preimage).digest();
/** The first example of BOLT11: made at 1496314658. */
const bolt11 =
  "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql";
const wire: WireInvoice = {
  memo: "hello",
  r_hash: hash,
  value_msat: "1000",
  creation_date: "1496314658",
  settle_date: "0",
  payment_request: bolt11,
  expiry: "600",
  add_index: "3",
  settle_index: "0",
  amt_paid_msat: "0",
  state: "OPEN",
};
const refusal = (text: string, status: number = grpcStatus.UNKNOWN) => ({
  ok: false,
  fault: { status, text, sent: true },
});
const node = (answers: Record<string, unknown>): NodeCalls =>
  ({ ask: async (name: string) => answers[name] }) as unknown as NodeCalls;
const request = { preimage, amountMsat: 1000n, memo: "hello", expiryS: 600 };
const duplicate = refusal("invoice with payment hash already exists");

describe("an invoice", () => {
  it("tells the time of its making in its text", () => {
    expect(invoiceTimeS(bolt11)).toBe(1_496_314_658);
  });
  it("counts what came only once it is settled", () => {
    const accepted = readInvoice({ ...wire, state: "ACCEPTED", amt_paid_msat: "1000" });
    expect(accepted).toMatchObject({ state: "accepted", paidMsat: 0n, settledS: null });
    const paid = { ...wire, state: "SETTLED" as const, settle_date: "1496314700" };
    expect(readInvoice({ ...paid, amt_paid_msat: "1001", settle_index: "2" })).toMatchObject({
      state: "settled",
      paidMsat: 1001n,
      settledS: 1_496_314_700,
      expiresS: 1_496_315_258,
      settleIndex: 2n,
    });
  });
  it("is made once: asked again, the one that exists is the answer", async () => {
    const made = { r_hash: hash, payment_request: bolt11, add_index: "3" };
    const first = await createInvoice(node({ addInvoice: { ok: true, value: made } }), request);
    const lookupInvoice = { ok: true, value: wire };
    const again = await createInvoice(node({ addInvoice: duplicate, lookupInvoice }), request);
    expect(again).toEqual(first);
  });
  it("is refused when the order has an invoice of another amount", async () => {
    const lookupInvoice = { ok: true, value: { ...wire, value_msat: "999" } };
    const calls = node({ addInvoice: duplicate, lookupInvoice });
    await expect(createInvoice(calls, request)).rejects.toMatchObject({ code: "duplicate-key" });
  });
  it("is refused when the node answers with another hash", async () => {
    const made = { r_hash: Buffer.alloc(32), payment_request: bolt11, add_index: "3" };
    const calls = node({ addInvoice: { ok: true, value: made } });
    await expect(createInvoice(calls, request)).rejects.toMatchObject({ code: "lnd-refused" });
  });
});

describe("cancelling", () => {
  const cancel = (answer: unknown) =>
    cancelInvoice(node({ cancelInvoice: answer }), hash.toString("hex"));
  it("says true, also for what is cancelled already, and false for what was paid", async () => {
    expect(await cancel({ ok: true, value: {} })).toBe(true);
    expect(await cancel(refusal("invoice already canceled"))).toBe(true);
    expect(await cancel(refusal("invoice already settled"))).toBe(false);
  });
  it("throws for an invoice that is not there, and for every other fault", async () => {
    const absent = cancel(refusal("unable to locate invoice"));
    await expect(absent).rejects.toMatchObject({ code: "not-found" });
    const dropped = cancel(refusal("Connection dropped", grpcStatus.UNAVAILABLE));
    await expect(dropped).rejects.toMatchObject({ code: "lnd-away" });
  });
});
