import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PaymentOutcome } from "../lightning/backend.ts";
import { voidGraceMs } from "./limits.ts";
import { backPostings, intentPostings, settlePostings } from "./payment-book.ts";
import {
  isFinal,
  type PaymentFacts,
  type PaymentInput,
  type PaymentStep,
  preimageFits,
  stepPayment,
} from "./payment-machine.ts";
import type { PaymentState } from "./port.ts";

const preimage = "07".repeat(32);
const paymentHash = createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex");
const expiresMs = 1_000_000;
const early = { nowMs: 0, paused: false };
const expired = { nowMs: expiresMs, paused: false };
const graceOver = { nowMs: expiresMs + voidGraceMs, paused: false };

const held: PaymentFacts = {
  ...{ kind: "lightning", state: "held", paymentHash, maxFeeMsat: 100n, expiresMs },
  ...{ feeMsat: null, preimage: null, reason: "", calls: 0, moved: false, hashSeen: false },
};
const out = (state: PaymentState, more: Partial<PaymentFacts> = {}): PaymentFacts => ({
  ...{ ...held, state, calls: 1, moved: true },
  ...more,
});
const won = (feeMsat = 5n): PaymentOutcome => ({ state: "succeeded", preimage, feeMsat });
const lost: PaymentOutcome = { state: "failed", reason: "no-route" };
const pay = (outcome: PaymentOutcome): PaymentInput => ({ on: "outcome", call: "pay", outcome });
const track = (outcome: PaymentOutcome): PaymentInput => ({
  ...{ on: "outcome", call: "track", outcome },
});
const go: PaymentInput = { on: "go", node: "ready" };
const away: PaymentInput = { on: "go", node: "away" };
const unknown: PaymentOutcome = { state: "unknown", why: "the stream dropped" };
const notFound: PaymentOutcome = { state: "not-found" };
const refused = (code: "lnd-away" | "lnd-refused"): PaymentOutcome => ({
  ...{ state: "refused", code, details: "" },
});

type Row = [
  string,
  PaymentFacts,
  PaymentInput,
  typeof early,
  [PaymentState, (string | null)?, (string | null)?],
];
const rows: readonly Row[] = [
  ["held is sent", held, go, early, ["sending", "intent", "pay"]],
  ["held waits for the node", held, away, early, ["draft", null, "retry"]],
  [
    "draft is sent when the node is back",
    out("draft", { calls: 0, moved: false }),
    go,
    early,
    ["sending", "intent", "pay"],
  ],
  [
    "draft waits under the kill switch",
    held,
    go,
    { nowMs: 0, paused: true },
    ["draft", null, "retry"],
  ],
  ["draft is void once it has expired", held, away, expired, ["failed", "refund"]],
  ["an expired invoice is never sent", held, go, expired, ["failed", "refund"]],
  ["a crash in sending is unknown", out("sending"), go, early, ["unknown", null, "track"]],
  ["a crash in flight is unknown", out("inflight"), go, early, ["unknown", null, "track"]],
  ["unknown asks again", out("unknown"), go, graceOver, ["unknown", null, "track"]],
  ["unknown waits for the node", out("unknown"), away, early, ["unknown"]],
  ["the node tells of an HTLC", out("sending"), { on: "inflight" }, early, ["inflight"]],
  ["unknown is seen in flight", out("unknown"), { on: "inflight" }, early, ["inflight"]],
  [
    "a time-out is unknown",
    out("sending"),
    { on: "timeout" },
    graceOver,
    ["unknown", null, "retry"],
  ],
  [
    "a time-out in flight is unknown",
    out("inflight"),
    { on: "timeout" },
    early,
    ["unknown", null, "retry"],
  ],
  [
    "a dropped stream is unknown",
    out("inflight"),
    pay(unknown),
    graceOver,
    ["unknown", null, "retry"],
  ],
  ["sending succeeds", out("sending"), pay(won()), early, ["succeeded", "settle"]],
  [
    "unknown succeeds after its expiry",
    out("unknown"),
    track(won()),
    graceOver,
    ["succeeded", "settle"],
  ],
  ["sending fails with proof", out("sending"), pay(lost), early, ["failed", "refund"]],
  ["unknown fails with proof", out("unknown"), track(lost), early, ["failed", "refund"]],
  [
    "what exists is followed",
    out("unknown", { calls: 2 }),
    pay({ state: "exists" }),
    early,
    ["inflight", null, "track"],
  ],
  ["not found is sent again", out("unknown"), track(notFound), early, ["unknown", null, "pay"]],
  [
    "not found waits under the kill switch",
    out("unknown"),
    track(notFound),
    { nowMs: 0, paused: true },
    ["unknown", null, "retry"],
  ],
  [
    "not found waits once the invoice has expired",
    out("unknown"),
    track(notFound),
    expired,
    ["unknown", null, "retry"],
  ],
  [
    "not found is void after the grace",
    out("unknown"),
    track(notFound),
    graceOver,
    ["failed", "refund"],
  ],
  [
    "a first call that is refused by an absent node waits",
    out("sending"),
    pay(refused("lnd-away")),
    early,
    ["draft", "back", "retry"],
  ],
  [
    "a first call that is refused for itself fails",
    out("sending"),
    pay(refused("lnd-refused")),
    early,
    ["failed", "refund"],
  ],
  [
    "a second call that is refused proves nothing",
    out("unknown", { calls: 2 }),
    pay(refused("lnd-refused")),
    early,
    ["unknown", null, "retry"],
  ],
  [
    "a question that is refused proves nothing",
    out("unknown"),
    track(refused("lnd-refused")),
    early,
    ["unknown", null, "retry"],
  ],
  [
    "a failure may be that of an earlier payment",
    out("unknown", { hashSeen: true }),
    track(lost),
    early,
    ["unknown", null, "pay"],
  ],
  [
    "a failure may be that of an earlier call",
    out("unknown", { calls: 2 }),
    track(lost),
    early,
    ["unknown", null, "pay"],
  ],
  [
    "a failure after it was in flight is its own",
    out("inflight", { calls: 2 }),
    track(lost),
    early,
    ["failed", "refund"],
  ],
  ["failed is failed", out("failed"), track(lost), early, ["failed"]],
  ["failed stays failed without the node", out("failed"), track(notFound), early, ["failed"]],
  [
    "success after failure is put right",
    out("failed", { moved: false }),
    track(won()),
    early,
    ["succeeded", "settle"],
  ],
  [
    "a late success counts",
    out("unknown"),
    { on: "late", outcome: won() },
    early,
    ["succeeded", "settle"],
  ],
  [
    "a late failure is of an earlier call",
    out("unknown"),
    { on: "late", outcome: lost },
    early,
    ["unknown"],
  ],
  ["succeeded is the end", out("succeeded"), track(lost), early, ["succeeded"]],
  ["succeeded twice is once", out("succeeded"), track(won(7n)), early, ["succeeded"]],
  [
    "inside: cancelled first",
    { ...held, kind: "internal" },
    go,
    early,
    ["sending", null, "cancel"],
  ],
  [
    "inside: moved once it is cancelled",
    out("sending", { kind: "internal", moved: false }),
    { on: "cancelled", could: true },
    early,
    ["succeeded", "inside"],
  ],
  [
    "inside: somebody else had paid it",
    out("sending", { kind: "internal", moved: false }),
    { on: "cancelled", could: false },
    early,
    ["failed", "refund"],
  ],
  [
    "inside: asked again after a crash",
    out("sending", { kind: "internal", moved: false }),
    go,
    early,
    ["unknown", null, "cancel"],
  ],
  [
    "inside: an absent node is asked again",
    out("sending", { kind: "internal", moved: false }),
    track(unknown),
    early,
    ["unknown", null, "retry"],
  ],
];

describe("the machine of a payment", () => {
  it.each(rows)("%s", (_title, facts, input, around, [state, book = null, next = null]) => {
    const step = stepPayment(facts, input, around);
    expect([step.facts.state, step.book, step.next]).toEqual([state, book, next]);
  });
  it("never believes a preimage that does not belong to the hash", () => {
    for (const state of ["sending", "inflight", "unknown", "failed"] as const) {
      const forged: PaymentOutcome = { state: "succeeded", preimage: "08".repeat(32), feeMsat: 1n };
      const step = stepPayment(out(state), track(forged), early);
      expect(step.facts.state).toBe(state === "failed" ? "failed" : "unknown");
      expect([step.book, step.alarm?.code]).toEqual([null, "wrong-preimage"]);
    }
    expect(preimageFits(preimage, paymentHash)).toBe(true);
    expect(preimageFits(preimage.toUpperCase().slice(2), paymentHash)).toBe(false);
  });
  it("records the true fee of a node that went over the cap, and raises an alarm", () => {
    const step = stepPayment(out("inflight"), pay(won(101n)), early);
    expect([step.facts.feeMsat, step.alarm?.code]).toEqual([101n, "fee-over-cap"]);
    expect(stepPayment(out("inflight"), pay(won(100n)), early).alarm).toBeNull();
  });
  it("does not believe a fee below zero", () => {
    const step = stepPayment(out("inflight"), pay(won(-1n)), early);
    expect([step.facts.state, step.alarm?.code]).toEqual(["unknown", "bad-fee"]);
  });
});

const outcomes: readonly PaymentOutcome[] = [
  won(),
  won(150n),
  lost,
  { state: "exists" },
  notFound,
  refused("lnd-away"),
  refused("lnd-refused"),
  unknown,
];
const anyOutcome = fc.constantFrom(...outcomes);
const anyInput: fc.Arbitrary<PaymentInput> = fc.oneof(
  fc.constantFrom<PaymentInput>(go, away, { on: "inflight" }, { on: "timeout" }),
  anyOutcome.map(pay),
  anyOutcome.map(track),
  anyOutcome.map((outcome): PaymentInput => ({ on: "late", outcome })),
  fc.boolean().map((could): PaymentInput => ({ on: "cancelled", could })),
);
const anyAround = fc.record({
  nowMs: fc.constantFrom(0, expiresMs, expiresMs + voidGraceMs),
  paused: fc.boolean(),
});
const amountMsat = 1000n;
const startMsat = 10_000n;

/** The accounts of one payment: what its steps wrote, as the ledger would have it. */
function createLittleLedger(kind: "lightning" | "circular") {
  const sums = new Map<string, bigint>();
  const of = (account: string) => sums.get(account) ?? 0n;
  let open = true;
  return {
    of,
    isHeld: () => open,
    write(before: PaymentFacts, step: PaymentStep): void {
      const row = { ...before, kind, amountMsat, party: "agent:a" as const };
      let postings = step.book === "intent" ? intentPostings(row) : backPostings(row);
      if (step.book === "settle") {
        const availableMsat = startMsat - of("party:agent:a");
        postings = settlePostings(row, step.facts.feeMsat ?? 0n, availableMsat).postings;
      }
      if (step.book === "refund" && !before.moved) postings = [];
      if (step.book === "refund" || step.book === "settle") open = false;
      expect(postings.reduce((sum, p) => sum + p.amountMsat, 0n)).toBe(0n);
      for (const p of postings) sums.set(p.account, of(p.account) + p.amountMsat);
    },
  };
}

describe("any order of inputs", () => {
  const seed = 20_261_122;
  it.each(["lightning", "circular"] as const)(
    `loses and doubles nothing (%s, seed ${seed})`,
    (kind) => {
      const run = fc.property(
        fc.array(fc.tuple(anyInput, anyAround), { maxLength: 30 }),
        (inputs) => {
          const ledger = createLittleLedger(kind);
          let facts: PaymentFacts = { ...held, kind };
          for (const [input, around] of inputs) {
            const step = stepPayment(facts, input, around);
            if (step.book !== null) ledger.write(facts, step);
            if (facts.state === "succeeded") expect(step.facts).toEqual(facts);
            facts = step.facts;
            const fullMsat = facts.moved ? amountMsat + facts.maxFeeMsat : 0n;
            expect(ledger.of("asset:ln-inflight")).toBe(fullMsat);
            expect(ledger.isHeld()).toBe(!isFinal(facts.state));
            const leftMsat =
              facts.state === "succeeded"
                ? (facts.feeMsat ?? 0n) + (kind === "lightning" ? amountMsat : 0n)
                : 0n;
            expect(ledger.of("asset:ln-hot")).toBe(-fullMsat - leftMsat);
            expect(ledger.of("party:agent:a") + ledger.of("suspense")).toBe(leftMsat);
          }
        },
      );
      fc.assert(run, { seed, numRuns: 3000 });
    },
  );
  it(`never gives money back without the node's word (seed ${seed})`, () => {
    const silent = anyInput.filter((input) => {
      if (input.on === "outcome") return ["exists", "unknown"].includes(input.outcome.state);
      return input.on !== "late" && input.on !== "cancelled";
    });
    const run = fc.property(fc.array(fc.tuple(silent, anyAround), { maxLength: 30 }), (inputs) => {
      let facts = stepPayment(held, go, early).facts;
      for (const [input, around] of inputs) facts = stepPayment(facts, input, around).facts;
      expect([facts.moved, isFinal(facts.state)]).toEqual([true, false]);
    });
    fc.assert(run, { seed, numRuns: 2000 });
  });
});
