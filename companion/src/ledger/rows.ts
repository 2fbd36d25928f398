import type { Balance, Hold, Journal, Party, Posting } from "./port.ts";

export interface AccountRow {
  readonly name: string;
  readonly sign: bigint;
  readonly floor: bigint | null;
  readonly posted: bigint;
  readonly held: bigint;
}
export interface JournalRow {
  readonly seq: bigint;
  readonly key: string;
  readonly at_ms: bigint;
  readonly kind: string;
  readonly actor: string;
  readonly note: string;
  readonly reference: string;
  readonly party: string;
  readonly service: string;
  readonly hash: string;
}
export interface HoldRow {
  readonly id: string;
  readonly account: string;
  readonly amount: bigint;
  readonly purpose: string;
  readonly reference: string;
  readonly created_ms: bigint;
  readonly state: string;
  readonly digest: string;
}

export const toBalance = ({ name, posted, held }: AccountRow): Balance => ({
  account: name,
  postedMsat: posted,
  heldMsat: held,
  availableMsat: posted - held,
});

export const toHold = (row: HoldRow): Hold => ({
  id: row.id,
  // The table lets accounts of parties only in.
  party: row.account.replace(/^party:/, "") as Party,
  amountMsat: row.amount,
  purpose: row.purpose,
  reference: row.reference,
  createdMs: Number(row.created_ms),
  state: row.state === "open" ? "open" : "released",
});

export const toJournal = (row: JournalRow, postings: readonly Posting[]): Journal => ({
  seq: Number(row.seq),
  key: row.key,
  atMs: Number(row.at_ms),
  kind: row.kind,
  actor: row.actor,
  note: row.note,
  reference: row.reference,
  party: row.party as Party | "",
  service: row.service,
  postings,
  hash: row.hash,
});
