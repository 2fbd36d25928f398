import type { Clock } from "@timmy/shared/ports/time";
import { createLedger } from "./ledger.ts";
import { preparedLimit } from "./limits.ts";
import { checkVersion, migrate } from "./migrate.ts";
import { booksMigrations } from "./migrations.ts";
import type { Books, Migration, Sql, SqlValue } from "./port.ts";
import { makeDurable, openFile, type SqliteFile, toTimmyError } from "./sqlite-file.ts";
import { createTransactions } from "./transactions.ts";

export interface BooksOptions {
  /** A file, or ":memory:" in tests. */
  readonly path: string;
  readonly clock: Pick<Clock, "wallMs">;
  readonly migrations?: readonly Migration[];
  /** `read` never writes and needs a file that exists. */
  readonly mode?: "write" | "read";
}

type Statement = ReturnType<typeof prepareAny>;
const prepareAny = (db: SqliteFile, text: string) => db.prepare<SqlValue[]>(text);

function createSql(db: SqliteFile): Sql {
  const prepared = new Map<string, Statement>();
  function prepare(text: string): Statement {
    let statement = prepared.get(text);
    if (statement !== undefined) return statement;
    if (prepared.size >= preparedLimit) prepared.clear();
    statement = prepareAny(db, text);
    prepared.set(text, statement);
    return statement;
  }
  function tell<T>(run: () => T): T {
    try {
      return run();
    } catch (cause) {
      throw toTimmyError(cause);
    }
  }
  return {
    all: <Row>(text: string, ...values: readonly SqlValue[]) =>
      tell(() => prepare(text).all(...values) as Row[]),
    get: <Row>(text: string, ...values: readonly SqlValue[]) =>
      tell(() => (prepare(text).get(...values) as Row | undefined) ?? null),
    run: (text, ...values) => tell(() => ({ changes: prepare(text).run(...values).changes })),
  };
}

/**
 * Opens (and makes) the books. Throws `bad-file`, `books-newer`, `books-broken`, `disk-full`,
 * `disk-error`; a file that a newer version wrote is left as it is.
 */
export function openBooks(options: BooksOptions): Books {
  const { path, clock, migrations = booksMigrations, mode = "write" } = options;
  const db = openFile(path, mode);
  try {
    checkVersion(db, migrations);
    makeDurable(db);
    if (mode === "write") migrate(db, migrations);
    const transactions = createTransactions(db);
    const { assertWriting } = transactions;
    return {
      file: path,
      ledger: createLedger({ db, clock, assertWriting }),
      sql: createSql(db),
      write: transactions.write,
      commit: transactions.commit,
      health: transactions.health,
      close() {
        if (db.open) db.close();
      },
    };
  } catch (cause) {
    db.close();
    throw toTimmyError(cause);
  }
}
