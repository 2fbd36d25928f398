import { TimmyError } from "@timmy/shared/errors";
import { groupLimit, waitingLimit } from "./limits.ts";
import type { BooksHealth } from "./port.ts";
import { type SqliteFile, toTimmyError } from "./sqlite-file.ts";

interface Waiting {
  /** Runs the work inside its savepoint; answers what to do once the transaction is on disk. */
  readonly run: () => () => void;
  readonly fail: (cause: unknown) => void;
}

const isPromise = (value: unknown) => value instanceof Promise;

export function createTransactions(db: SqliteFile) {
  const statement = (text: string) => db.prepare(text);
  const begin = statement("BEGIN IMMEDIATE");
  const end = statement("COMMIT");
  const undo = statement("ROLLBACK");
  const mark = statement("SAVEPOINT one");
  const keep = statement("RELEASE one");
  const back = statement("ROLLBACK TO one");
  let waiting: Waiting[] = [];
  let writing = false;

  /** Work that returns a promise would go on after its transaction has ended. */
  function perform<T>(work: () => T): T {
    const result = work();
    if (isPromise(result)) throw new TimmyError("internal", "A transaction cannot wait.");
    return result;
  }
  function inTransaction<T>(work: () => T): T {
    if (!db.open) throw new TimmyError("internal", "The books are closed.");
    try {
      begin.run();
      writing = true;
      const result = work();
      end.run();
      return result;
    } catch (cause) {
      // SQLite undoes everything by itself when the disk fails.
      if (db.inTransaction) undo.run();
      throw toTimmyError(cause);
    } finally {
      writing = false;
    }
  }
  function inSavepoint<T>(work: () => T): T {
    mark.run();
    try {
      const result = perform(work);
      keep.run();
      return result;
    } catch (cause) {
      if (db.inTransaction) {
        back.run();
        keep.run();
      }
      throw cause;
    }
  }
  function drain(): void {
    const group = waiting.slice(0, groupLimit);
    waiting = waiting.slice(groupLimit);
    if (waiting.length > 0) setImmediate(drain);
    try {
      const settle = inTransaction(() => group.map((one) => one.run()));
      for (const told of settle) told();
    } catch (cause) {
      for (const one of group) one.fail(cause);
    }
  }
  return {
    assertWriting() {
      if (!writing) throw new TimmyError("internal", "Money moves inside a transaction only.");
    },
    health: (): BooksHealth => ({ ok: true }),
    write<T>(work: () => T): T {
      return writing ? inSavepoint(work) : inTransaction(() => perform(work));
    },
    commit<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (waiting.length >= waitingLimit) {
          reject(new TimmyError("rate-limited", "Too many writers wait for the books."));
          return;
        }
        if (waiting.length === 0) setImmediate(drain);
        waiting.push({
          fail: reject,
          run() {
            try {
              const result = inSavepoint(work);
              return () => resolve(result);
            } catch (cause) {
              // SQLite undid the whole group: nobody of it may hear that it was written.
              if (!db.inTransaction) throw cause;
              return () => reject(toTimmyError(cause));
            }
          },
        });
      });
    },
  };
}
