import { TimmyError } from "@timmy/shared/errors";
import { type Ledger, type Posting, partyAccount } from "../ledger/port.ts";
import type { Alarms } from "./alarms.ts";
import type { BookEffect } from "./payment-machine.ts";
import type { PaymentRow } from "./payment-rows.ts";
import type { Sale, SpendingGate } from "./port.ts";
import { postingsOf } from "./postings.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface BookPorts {
  readonly ledger: Ledger;
  readonly gate: SpendingGate;
  readonly alarms: Alarms;
  readonly sales: SaleRows;
  readonly nowMs: number;
}

type Facts = Pick<PaymentRow, "kind" | "amountMsat" | "maxFeeMsat" | "party" | "moved">;

/** What the party owes at most: a circular payment's amount comes back to us. */
export const toHoldMsat = (row: Pick<Facts, "kind" | "amountMsat" | "maxFeeMsat">): bigint =>
  row.kind === "circular" ? row.maxFeeMsat : row.amountMsat + row.maxFeeMsat;

/** Hot to in flight: the amount and all that the fee may be. */
export const intentPostings = (row: Facts): readonly Posting[] => {
  const all = row.amountMsat + row.maxFeeMsat;
  return postingsOf(["asset:ln-inflight", all], ["asset:ln-hot", -all]);
};
export const backPostings = (row: Facts): readonly Posting[] =>
  intentPostings(row).map((p) => ({ ...p, amountMsat: -p.amountMsat }));

/**
 * The end of a success. `availableMsat` is what the party has once its hold is released; what it
 * cannot cover (a fee over the cap, a payment that had been given back) stays in suspense.
 */
export function settlePostings(
  row: Facts,
  feeMsat: bigint,
  availableMsat: bigint,
): { readonly postings: readonly Posting[]; readonly uncoveredMsat: bigint } {
  const leftMsat = row.kind === "circular" ? feeMsat : row.amountMsat + feeMsat;
  const shortMsat = leftMsat - (availableMsat > 0n ? availableMsat : 0n);
  const uncoveredMsat = shortMsat > 0n ? shortMsat : 0n;
  const cost = row.kind === "circular" ? "expense:rebalance" : "expense:payment-fee";
  const allMsat = row.moved ? row.amountMsat + row.maxFeeMsat : 0n;
  const postings = postingsOf(
    ["asset:ln-inflight", -allMsat],
    ["asset:ln-hot", allMsat - leftMsat],
    [partyAccount(row.party), leftMsat - uncoveredMsat],
    ["suspense", uncoveredMsat],
    [cost, feeMsat],
    ["income:recharged", -feeMsat],
  );
  return { postings, uncoveredMsat };
}

/** From one of us to another, without the network; `sale` is null for an invoice made by hand. */
export function insidePostings(row: Facts, sale: Sale | null): readonly Posting[] {
  const amountMsat = row.amountMsat;
  const to = partyAccount(sale === null ? "owner" : sale.party);
  const earned: readonly (readonly [string, bigint])[] =
    sale === null
      ? []
      : [
          [`income:service:${sale.service}`, -amountMsat],
          ["expense:distributed", amountMsat],
        ];
  return postingsOf([partyAccount(row.party), amountMsat], [to, -amountMsat], ...earned);
}

/** Writes what a step says to the ledger; inside the step's transaction. `row` is as it was. */
export function writeBook(
  ports: BookPorts,
  row: PaymentRow,
  effect: BookEffect,
  feeMsat: bigint | null,
): void {
  const post = (name: string, kind: string, postings: readonly Posting[], service = "") => {
    if (postings.length === 0) return;
    const { party, id: reference, note } = row;
    const key = `payment:${row.id}:${name}`;
    const entry = { key, kind, actor: party, note, reference, party, service, postings };
    const result = ports.ledger.post(entry);
    if (!result.ok) throw new TimmyError("internal", `${key}: ${result.reason}`);
    if (!result.fresh) throw new TimmyError("internal", `${key} was written twice.`);
  };
  const release = () => {
    if (row.holdId !== "" && ports.ledger.getHold(row.holdId)?.state === "open") {
      ports.ledger.release(row.holdId);
    }
  };
  switch (effect) {
    case "intent":
      post(`sent:${row.intents + 1}`, "payment-sent", intentPostings(row));
      return;
    case "back":
      post(`back:${row.intents}`, "payment-queued", backPostings(row));
      return;
    case "refund":
      if (row.moved) post("failed", "payment-failed", backPostings(row));
      release();
      ports.gate.undo(row.id);
      return;
    case "settle":
      release();
      settle(ports, row, feeMsat ?? 0n, post);
      return;
    case "inside":
      release();
      payInside(ports, row, post);
      return;
  }
}

type Post = (name: string, kind: string, postings: readonly Posting[], service?: string) => void;

function settle(ports: BookPorts, row: PaymentRow, feeMsat: bigint, post: Post): void {
  const { availableMsat } = ports.ledger.balance(partyAccount(row.party));
  const { postings, uncoveredMsat } = settlePostings(row, feeMsat, availableMsat);
  const kind = row.state === "failed" ? "payment-late" : "payment-settled";
  post("settled", kind, postings);
  if (uncoveredMsat === 0n) return;
  ports.alarms.raise({
    code: "not-covered",
    sentence: `${row.party} could not cover ${uncoveredMsat} msat of a payment; see suspense.`,
    reference: row.id,
  });
}

function payInside(ports: BookPorts, row: PaymentRow, post: Post): void {
  const sale = ports.sales.byHash(row.paymentHash);
  if (sale?.state === "paid") throw new TimmyError("internal", "The sale was paid before.");
  post("inside", "payment-inside", insidePostings(row, sale), sale?.service);
  if (sale === null) return;
  ports.sales.update({ ...sale, state: "paid", paidMsat: row.amountMsat, paidMs: ports.nowMs });
}
