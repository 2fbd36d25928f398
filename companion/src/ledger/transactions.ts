import { TimmyError } from "@timmy/shared/errors";
import type { DiskSpace } from "./disk-space.ts";
import { groupLimit, waitingLimit } from "./limits.ts";
import type { BooksHealth } from "./port.ts";
import { isOfDisk, type SqliteFile, toTimmyError } from "./sqlite-file.ts";

interface Waiting {
  /** Runs the work inside its savepoint; answers what to do once the transaction is on disk. */
  readonly run: () => () => void;
  readonly fail: (cause: unknown) => void;
}

/**
 * What to do with an error of the disk. A full disk gets the ballast back and goes on with the next
 * transaction. After any other failed write or sync the kernel may have forgotten what it was asked
 * to keep, and what is on disk is known only after it is read again: nothing is written any more.
 */
function createDiskGuard(space: DiskSpace | null) {
  let broken: TimmyError | null = null;
  /** A look that fails says nothing about the space. */
  function look<T>(at: () => T, otherwise: T): T {
    try {
      return at();
    } catch {
      return otherwise;
    }
  }
  return {
    tend(): void {
      if (broken !== null) throw new TimmyError("disk-error", broken.details, { cause: broken });
      space?.tend();
    },
    judge(cause: unknown): TimmyError {
      const error = toTimmyError(cause);
      // Work may throw any of our errors for reasons of its own.
      if (!isOfDisk(error)) return error;
      const isFull = () => space?.isFull() === true;
      const full = error.code === "disk-error" && look(isFull, false);
      if (error.code === "disk-full" || full) {
        space?.release();
        return full ? new TimmyError("disk-full", error.details, { cause }) : error;
      }
      broken ??= error;
      return error;
    },
    health(): BooksHealth {
      if (broken !== null) return { ok: false, code: "disk-error", details: broken.details };
      if (space === null) return { ok: true };
      const free = look(space.freeBytes, null);
      if (free === null) return { ok: false, code: "disk-error", details: "No look at the disk." };
      if (free >= space.limits.low) return { ok: true };
      return { ok: false, code: "disk-full", details: `${free} bytes are free.` };
    },
  };
}

/** Work that returns a promise would go on after its transaction has ended. */
function perform<T>(work: () => T): T {
  const result = work();
  if (result instanceof Promise) throw new TimmyError("internal", "A transaction cannot wait.");
  return result;
}

/** One transaction at a time, in a savepoint each where there are several inside. */
function createWriter(db: SqliteFile, space: DiskSpace | null) {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const end = db.prepare("COMMIT");
  const undo = db.prepare("ROLLBACK");
  const mark = db.prepare("SAVEPOINT one");
  const keep = db.prepare("RELEASE one");
  const back = db.prepare("ROLLBACK TO one");
  const disk = createDiskGuard(space);
  let writing = false;
  return {
    health: disk.health,
    isWriting: () => writing,
    transact<T>(work: () => T): T {
      if (!db.open) throw new TimmyError("internal", "The books are closed.");
      // SQLite begins a transaction for writing here without a word.
      if (db.readonly) throw new TimmyError("internal", "The books are open for reading only.");
      try {
        disk.tend();
        begin.run();
        writing = true;
        const result = work();
        end.run();
        return result;
      } catch (cause) {
        // SQLite undoes everything by itself when the disk fails.
        if (db.inTransaction) undo.run();
        throw disk.judge(cause);
      } finally {
        writing = false;
      }
    },
    nest<T>(work: () => T): T {
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
    },
  };
}

export function createTransactions(db: SqliteFile, space: DiskSpace | null) {
  const { transact, nest, isWriting, health } = createWriter(db, space);
  let waiting: Waiting[] = [];

  function drain(): void {
    const group = waiting.slice(0, groupLimit);
    waiting = waiting.slice(groupLimit);
    if (waiting.length > 0) setImmediate(drain);
    try {
      const settle = transact(() => group.map((one) => one.run()));
      for (const told of settle) told();
    } catch (cause) {
      for (const one of group) one.fail(cause);
    }
  }
  function enqueue<T>(
    work: () => T,
    resolve: (result: T) => void,
    reject: (cause: unknown) => void,
  ): void {
    if (waiting.length >= waitingLimit) {
      reject(new TimmyError("rate-limited", "Too many writers wait for the books."));
      return;
    }
    if (waiting.length === 0) setImmediate(drain);
    waiting.push({
      fail: reject,
      run() {
        try {
          const result = nest(work);
          return () => resolve(result);
        } catch (cause) {
          // The whole group is undone: nobody of it may hear that it was written.
          if (!db.inTransaction || isOfDisk(cause)) throw cause;
          return () => reject(toTimmyError(cause));
        }
      },
    });
  }
  return {
    health,
    assertWriting() {
      if (!isWriting()) throw new TimmyError("internal", "Money moves inside a transaction only.");
    },
    write: <T>(work: () => T): T => (isWriting() ? nest(work) : transact(() => perform(work))),
    commit: <T>(work: () => T): Promise<T> =>
      new Promise<T>((resolve, reject) => enqueue(work, resolve, reject)),
  };
}
