import { createHash } from "node:crypto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { SendPaymentRequest, WirePayment } from "@timmy/protos/messages";
import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import type { DecodedInvoice } from "../backend.ts";
import type { NodeCalls } from "./node-calls.ts";
import { sendPayment, trackPayment } from "./node-payments.ts";
import type { CallResult } from "./transport.ts";

const preimage = "11".repeat(32);
const paymentHash = createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex");
const decoded: DecodedInvoice = {
  bolt11: "lnbcrt1",
  network: "regtest",
  paymentHash,
  amountMsat: 50_000n,
  description: "",
  descriptionHash: null,
  payee: "02aa",
  createdS: 0,
  expiresS: 600,
  minFinalCltvExpiry: 18,
};
const update = (change: Partial<WirePayment>): WirePayment => ({
  payment_hash: paymentHash,
  payment_preimage: preimage,
  value_msat: "50000",
  fee_msat: "1000",
  status: "INITIATED",
  failure_reason: "FAILURE_REASON_NONE",
  htlcs: [],
  ...change,
});
const leaving = update({ status: "IN_FLIGHT", htlcs: [{ status: "IN_FLIGHT" }] });
const request = { bolt11: "lnbcrt1", maxFeeMsat: 1000n, timeoutS: 10 };
const dropped: CallResult<null> = {
  ok: false,
  fault: { status: grpcStatus.UNAVAILABLE, text: "Connection dropped", sent: true },
};

/** A node that tells these updates and then ends its stream in this way. */
function play(
  updates: readonly WirePayment[],
  end: CallResult<null> = dropped,
  closed: TimmyError | null = null,
) {
  const sent: unknown[] = [];
  const calls = {
    admit: async () => closed,
    follow: async (_name, body, _signal, onMessage) => {
      sent.push(body);
      for (const one of updates) (onMessage as (message: WirePayment) => void)(one);
      return end;
    },
  } as Pick<NodeCalls, "admit" | "follow"> as NodeCalls;
  return { calls, sent: sent as SendPaymentRequest[] };
}
const follow = () => ({ signal: new AbortController().signal });
const pay = (calls: NodeCalls, change: object = {}, invoice: Partial<DecodedInvoice> = {}) =>
  sendPayment(calls, () => ({ ...decoded, ...invoice }), { ...request, ...change }, follow());

describe("sending", () => {
  it("always tells LND the fee limit, and never lets a dropped stream cancel", async () => {
    const { calls, sent } = play([update({ status: "SUCCEEDED" })]);
    const outcome = await pay(calls, { maxFeeMsat: 0n });
    expect(outcome).toEqual({ state: "succeeded", preimage, feeMsat: 1000n });
    expect(sent[0]).toMatchObject({ fee_limit_msat: "0", timeout_seconds: 10, cancelable: false });
    expect(sent[0]).not.toHaveProperty("amt_msat");
  });
  it("says in flight once, when an HTLC is on its way", async () => {
    let told = 0;
    const early = update({ status: "IN_FLIGHT" });
    const { calls } = play([update({}), early, leaving, leaving, update({ status: "SUCCEEDED" })]);
    const listen = { ...follow(), onInflight: () => told++ };
    const outcome = await sendPayment(calls, () => decoded, request, listen);
    expect([outcome.state, told]).toEqual(["succeeded", 1]);
    const quiet = play([update({}), early, update({ status: "FAILED" })]);
    await sendPayment(quiet.calls, () => decoded, request, listen);
    expect(told).toBe(1);
  });
  it("is unknown when the stream drops, ends without a result, or its listener fails", async () => {
    expect((await pay(play([]).calls)).state).toBe("unknown");
    expect((await pay(play([leaving]).calls)).state).toBe("unknown");
    expect((await pay(play([leaving], { ok: true, value: null }).calls)).state).toBe("unknown");
    const { calls } = play([leaving]);
    const broken = {
      ...follow(),
      onInflight: () => {
        throw new Error("the books are closed");
      },
    };
    const outcome = await sendPayment(calls, () => decoded, request, broken);
    expect(outcome).toEqual({ state: "unknown", why: "the books are closed" });
  });
  it("keeps a result that came before the stream broke", async () => {
    const { calls } = play([leaving, update({ status: "SUCCEEDED" })], dropped);
    expect((await pay(calls)).state).toBe("succeeded");
  });
  it("is refused and sends nothing while the node is not recognised", async () => {
    const { calls, sent } = play([], dropped, new TimmyError("lnd-identity", "It is another."));
    const refused = { state: "refused", code: "lnd-identity", details: "It is another." };
    expect(await pay(calls)).toEqual(refused);
    expect(sent).toEqual([]);
  });
  it("takes an amount only for an invoice that names none", async () => {
    const { calls, sent } = play([update({ status: "SUCCEEDED" })]);
    const open = { amountMsat: null };
    expect(await pay(calls, {}, open)).toMatchObject({ code: "amount-missing" });
    expect(await pay(calls, { amountMsat: 1n })).toMatchObject({ code: "amount-mismatch" });
    expect(sent).toEqual([]);
    await pay(calls, { amountMsat: 7n }, open);
    await pay(calls, { amountMsat: 50_000n });
    expect(sent.map((body) => body.amt_msat)).toEqual(["7", undefined]);
  });
  it("is refused for an invoice that cannot be read, and for a defect before sending", async () => {
    const { calls, sent } = play([]);
    const bad = () => {
      throw new TimmyError("bad-invoice", "checksum");
    };
    expect(await sendPayment(calls, bad, request, follow())).toMatchObject({ code: "bad-invoice" });
    const defect = () => {
      throw new Error("oops");
    };
    expect(await sendPayment(calls, defect, request, follow())).toMatchObject({ code: "internal" });
    expect(sent).toEqual([]);
  });
  it("leaves by one channel and comes back from one peer on a circle", async () => {
    const { calls, sent } = play([update({ status: "SUCCEEDED" })]);
    await pay(calls, { circular: { outgoingChannelId: "123", lastHopPubkey: "02ab" } });
    expect(sent[0]).toMatchObject({
      allow_self_payment: true,
      outgoing_chan_ids: ["123"],
      last_hop_pubkey: Buffer.from("02ab", "hex"),
    });
  });
});

describe("following", () => {
  it("tells the end, or that it is not known", async () => {
    const track = (calls: NodeCalls) => trackPayment(calls, paymentHash, follow());
    expect((await track(play([leaving, update({ status: "FAILED" })]).calls)).state).toBe("failed");
    expect((await track(play([leaving]).calls)).state).toBe("unknown");
    const away = play([], dropped, new TimmyError("lnd-away"));
    expect((await track(away.calls)).state).toBe("unknown");
    expect(away.sent).toEqual([]);
  });
});
