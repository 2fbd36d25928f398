import { genesisHash } from "./canonical.ts";
import { pageLimit } from "./limits.ts";
import type { Journal, Ledger, Posting } from "./port.ts";
import { type JournalRow, toJournal } from "./rows.ts";
import { type SqliteFile, telling } from "./sqlite-file.ts";

interface PostingRow {
  readonly account: string;
  readonly amount: bigint;
}
/** Journals that are read at once when all of them are walked through. */
const chunk = 1000n;

/** Reads journals with their postings. */
export function createJournalReader(db: SqliteFile) {
  const head = db.prepare<[], { seq: bigint; hash: string }>(
    "SELECT seq, hash FROM journals ORDER BY seq DESC LIMIT 1",
  );
  const byKey = db.prepare<[string], JournalRow>("SELECT * FROM journals WHERE key = ?");
  const postings = db.prepare<[bigint], PostingRow>(
    "SELECT account, amount FROM postings WHERE seq = ? ORDER BY line",
  );
  const range = db.prepare<[bigint, bigint], JournalRow>(
    "SELECT * FROM journals WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  const ranged = db.prepare<[bigint, bigint], PostingRow & { readonly seq: bigint }>(
    "SELECT seq, account, amount FROM postings WHERE seq > ? AND seq <= ? ORDER BY seq, line",
  );
  const page = db.prepare<Record<string, unknown>, JournalRow>(
    `SELECT * FROM journals WHERE seq < @before AND (@reference IS NULL OR reference = @reference)
     ORDER BY seq DESC LIMIT @most`,
  );
  const pageOfAccount = db.prepare<Record<string, unknown>, JournalRow>(
    `SELECT * FROM journals WHERE seq IN (
       SELECT DISTINCT seq FROM postings WHERE account = @account AND seq < @before
         AND (@reference IS NULL OR seq IN (SELECT seq FROM journals WHERE reference = @reference))
       ORDER BY seq DESC LIMIT @most)
     ORDER BY seq DESC`,
  );
  const whole = (row: JournalRow): Journal =>
    toJournal(
      row,
      postings.all(row.seq).map(({ account, amount }) => ({ account, amountMsat: amount })),
    );

  /** The next journals after a number, in order. */
  const next = telling((after: bigint): readonly Journal[] => {
    const rows = range.all(after, chunk);
    const lines = new Map<bigint, Posting[]>();
    for (const { seq, account, amount } of ranged.all(after, rows.at(-1)?.seq ?? after)) {
      const known = lines.get(seq);
      const posting = { account, amountMsat: amount };
      if (known === undefined) lines.set(seq, [posting]);
      else known.push(posting);
    }
    return rows.map((row) => toJournal(row, lines.get(row.seq) ?? []));
  });
  function* each(): IterableIterator<Journal> {
    let after = 0;
    for (;;) {
      const journals = next(BigInt(after));
      yield* journals;
      const last = journals.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  }
  return {
    each,
    head() {
      const row = head.get();
      if (row === undefined) return { seq: 0, hash: genesisHash };
      return { seq: Number(row.seq), hash: row.hash };
    },
    byKey(key: string): Journal | null {
      const row = byKey.get(key);
      return row === undefined ? null : whole(row);
    },
    page({ beforeSeq, limit, account, reference }: Parameters<Ledger["journals"]>[0]) {
      const before = beforeSeq > 0 ? BigInt(Math.floor(beforeSeq)) : 2n ** 62n;
      const most = BigInt(Math.max(0, Math.min(pageLimit, Math.floor(limit))));
      const values = { before, most, reference: reference ?? null };
      const rows =
        account === undefined ? page.all(values) : pageOfAccount.all({ ...values, account });
      return rows.map(whole);
    },
  };
}
