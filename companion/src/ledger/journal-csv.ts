import type { Books } from "./port.ts";

/** What a spreadsheet would take for a formula (OWASP, CSV injection), also behind blanks. */
const formula = /^\s*[=+\-@\t\r]/;

/** A field of RFC 4180; text that looks like a formula gets an apostrophe, as spreadsheets do. */
function field(value: string): string {
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const columns = [
  ...["seq", "time", "kind", "actor", "party", "service", "reference", "note", "key"],
  ...["line", "account", "debit_msat", "credit_msat", "hash"],
];

/** A line for each posting, oldest first, as RFC 4180 has it (CRLF, also after the last). */
export function* journalCsv(books: Pick<Books, "ledger">): IterableIterator<string> {
  yield `${columns.join(",")}\r\n`;
  for (const journal of books.ledger.eachJournal()) {
    const { seq, kind, actor, party, service, reference, note, key, hash } = journal;
    const head = [kind, actor, party, service, reference, note, key].map(field);
    const time = new Date(journal.atMs).toISOString();
    for (const [line, { account, amountMsat }] of journal.postings.entries()) {
      const debit = amountMsat > 0n ? `${amountMsat}` : "";
      const credit = amountMsat < 0n ? `${-amountMsat}` : "";
      yield `${[seq, time, ...head, line, field(account), debit, credit, hash].join(",")}\r\n`;
    }
  }
}
