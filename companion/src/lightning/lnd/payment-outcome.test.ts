import { createHash } from "node:crypto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { WirePayment } from "@timmy/protos/messages";
import { describe, expect, it } from "vitest";
import { outcomeOfSendFault, outcomeOfTrackFault, outcomeOfUpdate } from "./payment-outcome.ts";

const preimage = "11".repeat(32);
const hash = createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex");
const update = (change: Partial<WirePayment>): WirePayment => ({
  payment_hash: hash,
  payment_preimage: preimage,
  value_msat: "1000",
  fee_msat: "7",
  status: "IN_FLIGHT",
  failure_reason: "FAILURE_REASON_NONE",
  htlcs: [],
  ...change,
});
const fault = (status: number, text = "why", sent = true) => ({ status, text, sent });

describe("an update of a payment", () => {
  it("is a success only with the preimage of the hash", () => {
    const paid = outcomeOfUpdate(update({ status: "SUCCEEDED" }), hash);
    expect(paid).toEqual({ state: "succeeded", preimage, feeMsat: 7n });
    const bent = ["22".repeat(32), "", "xyz", `${preimage}11`];
    for (const payment_preimage of bent) {
      const lied = outcomeOfUpdate(update({ status: "SUCCEEDED", payment_preimage }), hash);
      expect(lied?.state, payment_preimage).toBe("unknown");
    }
  });
  it("fails with LND's reason in our words", () => {
    const reasonOf = (failure_reason: string) =>
      outcomeOfUpdate(update({ status: "FAILED", failure_reason }), hash);
    const expected = {
      FAILURE_REASON_TIMEOUT: "timeout",
      FAILURE_REASON_NO_ROUTE: "no-route",
      FAILURE_REASON_ERROR: "error",
      FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: "incorrect-details",
      FAILURE_REASON_INSUFFICIENT_BALANCE: "insufficient-balance",
      FAILURE_REASON_CANCELED: "canceled",
      FAILURE_REASON_OF_TOMORROW: "error",
    };
    for (const [theirs, reason] of Object.entries(expected)) {
      expect(reasonOf(theirs)).toEqual({ state: "failed", reason });
    }
  });
  it("is no end while the payment goes on", () => {
    for (const status of ["INITIATED", "IN_FLIGHT", "UNKNOWN"] as const) {
      expect(outcomeOfUpdate(update({ status }), hash)).toBeNull();
    }
  });
});

describe("a fault of sending", () => {
  it("means exists for each of LND's three texts", () => {
    const texts = ["invoice is already paid", "payment is in transition", "payment already exists"];
    for (const text of texts) {
      for (const status of [grpcStatus.ALREADY_EXISTS, grpcStatus.UNKNOWN]) {
        expect(outcomeOfSendFault(fault(status, text), false)).toEqual({ state: "exists" });
      }
    }
  });
  it("is unknown for everything that may have left", () => {
    const faults = [
      fault(grpcStatus.UNAVAILABLE, "Connection dropped"),
      fault(grpcStatus.DEADLINE_EXCEEDED),
      fault(grpcStatus.CANCELLED, "Cancelled on client"),
      fault(grpcStatus.INTERNAL),
      fault(grpcStatus.RESOURCE_EXHAUSTED),
      fault(grpcStatus.ABORTED),
      fault(grpcStatus.DATA_LOSS),
      fault(grpcStatus.NOT_FOUND),
      fault(grpcStatus.UNKNOWN, "routerrpc server shutting down"),
      fault(grpcStatus.UNKNOWN, "some new text of tomorrow"),
    ];
    for (const one of faults) {
      expect(outcomeOfSendFault(one, false).state, one.text).toBe("unknown");
    }
  });
  it("is a refusal only where nothing was written down", () => {
    const refused = [
      [fault(grpcStatus.UNAVAILABLE, "No connection established", false), "lnd-away"],
      [fault(grpcStatus.INVALID_ARGUMENT), "lnd-refused"],
      [fault(grpcStatus.PERMISSION_DENIED), "macaroon-refused"],
      [fault(grpcStatus.UNKNOWN, "permission denied"), "macaroon-refused"],
      [fault(grpcStatus.UNKNOWN, "wallet locked, unlock it to enable"), "lnd-locked"],
      [fault(grpcStatus.UNKNOWN, "self-payments not allowed"), "lnd-refused"],
      [fault(grpcStatus.UNKNOWN, "invoice expired. Valid until 2020"), "invoice-expired"],
    ] as const;
    for (const [one, code] of refused) {
      expect(outcomeOfSendFault(one, false), one.text).toMatchObject({ state: "refused", code });
    }
  });
  it("is unknown once the node has spoken of the payment, whatever the fault", () => {
    const texts = ["permission denied", "invoice is already paid", "self-payments not allowed"];
    for (const text of texts) {
      const heard = outcomeOfSendFault(fault(grpcStatus.UNKNOWN, text), true);
      expect(heard.state, text).toBe("unknown");
    }
    expect(outcomeOfSendFault(fault(grpcStatus.INVALID_ARGUMENT), true).state).toBe("unknown");
  });
});

describe("a fault of following", () => {
  it("is not-found only when the node says so at once", () => {
    const absent = fault(grpcStatus.NOT_FOUND, "payment isn't initiated");
    expect(outcomeOfTrackFault(absent, false)).toEqual({ state: "not-found" });
    expect(outcomeOfTrackFault(absent, true).state).toBe("unknown");
  });
  it("is never a refusal: what is followed was sent before", () => {
    const faults = [
      fault(grpcStatus.UNAVAILABLE, "No connection established", false),
      fault(grpcStatus.UNKNOWN, "permission denied"),
      fault(grpcStatus.INVALID_ARGUMENT),
    ];
    for (const one of faults) expect(outcomeOfTrackFault(one, false).state).toBe("unknown");
  });
});
