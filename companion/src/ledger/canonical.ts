import { createHash } from "node:crypto";
import type { Hold, HoldRequest, Journal, JournalEntry } from "./port.ts";

/** What came before the first journal. */
export const genesisHash = "0".repeat(64);

const sha256 = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts), "utf8").digest("hex");

/** The content of an entry as one text: the same text is the same entry. */
export function contentOf(entry: JournalEntry): string {
  const { key, kind, actor, note, reference, party, service } = entry;
  const postings = entry.postings.map(({ account, amountMsat }) => [account, `${amountMsat}`]);
  return JSON.stringify([key, kind, actor, note, reference, party, service, postings]);
}

/** The hash of a journal; `previous` is that of the journal before it. */
export const hashJournal = (journal: Omit<Journal, "hash">, previous: string): string =>
  sha256(["timmy-journal-1", previous, journal.seq, journal.atMs, contentOf(journal)]);

export function contentOfHold(hold: HoldRequest): string {
  const { id, party, amountMsat, purpose, reference } = hold;
  return JSON.stringify([id, party, `${amountMsat}`, purpose, reference]);
}

export const digestHold = (hold: Omit<Hold, "state">): string =>
  sha256(["timmy-hold-1", hold.createdMs, contentOfHold(hold)]);
