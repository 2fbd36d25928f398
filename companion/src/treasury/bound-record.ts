import type { Books } from "../ledger/port.ts";
import type { Spend, SpendVerdict } from "../payments/port.ts";
import type { KeyRing } from "./key-file.ts";
import { createRequestStore } from "./request-store.ts";
import { originText } from "./spend-book.ts";

const refused = (details: string): SpendVerdict => ({
  ok: false,
  code: "provenance-refused",
  details,
});

/** A record covers one spend: whoever shows it a second time wants it paid twice. */
function usedByAnother(books: Books, spend: Spend): boolean {
  const row = books.sql.get(
    "SELECT 1 FROM treasury_spends WHERE origin = ? AND undone = 0 AND reference <> ?",
    originText(spend.origin),
    spend.reference,
  );
  return row !== null;
}

/** Whether the spend is what an approved or automatic request says, to the msat. */
export function checkWithdrawal(
  ports: { readonly books: Books; readonly keys: KeyRing },
  spend: Spend,
  id: string,
): SpendVerdict {
  const store = createRequestStore({ ...ports, wallMs: () => 0 });
  const row = store.get(id);
  if (row === null) return refused("There is no such request.");
  if (row.state !== "executing" || (row.kind !== "withdrawal" && row.kind !== "payment")) {
    return refused("The request is not being carried out.");
  }
  if (store.allowing(row) === null) {
    return { ok: false, code: "approval-changed", details: "It is not what was approved." };
  }
  const same =
    row.amount_msat === spend.amountMsat &&
    spend.maxFeeMsat <= row.fee_cap_msat &&
    row.payee === spend.payee &&
    row.destination === spend.destination.toLowerCase() &&
    row.party === spend.party;
  if (!same) {
    return { ok: false, code: "approval-changed", details: "The spend is not the request." };
  }
  if (usedByAnother(ports.books, spend)) {
    return { ok: false, code: "approval-closed", details: "It was carried out before." };
  }
  return { ok: true };
}

/** Whether the spend is the fee of a circular payment that the planner just wrote down. */
export function checkRebalance(books: Books, spend: Spend, id: string): SpendVerdict {
  const row = books.sql.get<{ max_fee_msat: bigint; state: string }>(
    "SELECT max_fee_msat, state FROM treasury_rebalances WHERE id = ?",
    id,
  );
  if (row === null || row.state !== "running") return refused("Nothing is being rebalanced.");
  const same =
    spend.amountMsat === 0n && spend.maxFeeMsat <= row.max_fee_msat && spend.party === "owner";
  if (!same || usedByAnother(books, spend)) return refused("It is not that circular payment.");
  return { ok: true };
}
