import { createHash } from "node:crypto";
import type { AgentStore, CoreBlock } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import {
  blobBytes,
  blobCount,
  blobTotalBytes,
  coreBlockChars,
  coreBlockCount,
  nameChars,
  preferenceChars,
  preferenceCount,
} from "./limits.ts";
import { toProvenance } from "./memory-rows.ts";
import { telling } from "./sqlite-file.ts";
import { checkLength, type StoreContext } from "./store-context.ts";
import { createTallies, type Tallies } from "./tallies.ts";

type CoreBlocks = Pick<AgentStore, "coreBlocks" | "setCoreBlock">;
type Preferences = Pick<AgentStore, "preferences" | "setPreference">;
type Blobs = Pick<AgentStore, "putBlob" | "getBlob" | "blobs">;

/** Throws `bad-payload` or `too-large`. */
export function checkName(what: string, name: string): void {
  if (name === "") throw new TimmyError("bad-payload", `${what} has a name.`);
  checkLength(`The name of ${what.toLowerCase()}`, name, nameChars);
}

/** Throws `memory-full` when a table other than for this name is at its limit. */
function checkRoom(context: StoreContext, table: string, name: string, most: number): void {
  const others = context.db
    .prepare<[string], number>(`SELECT count(*) FROM ${table} WHERE name <> ?`)
    .pluck()
    .get(name);
  if ((others ?? 0) >= most) throw new TimmyError("memory-full", `There are at most ${most}.`);
}

export function createCoreBlocks(context: StoreContext): CoreBlocks {
  const { db } = context;
  const all = db.prepare<[], Omit<CoreBlock, "from"> & { readonly source: string }>(
    "SELECT name, text, source, changed_ms AS changedMs FROM core_blocks ORDER BY name",
  );
  const put = db.prepare(
    `INSERT INTO core_blocks (name, text, source, changed_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET text = excluded.text, source = excluded.source,
     changed_ms = excluded.changed_ms`,
  );
  const remove = db.prepare("DELETE FROM core_blocks WHERE name = ?");
  return {
    coreBlocks: () =>
      telling(() =>
        all.all().map(({ source, ...block }) => ({ ...block, from: toProvenance(source) })),
      ),
    setCoreBlock: (rawName, text, from) =>
      context.write(() => {
        const name = rawName.toWellFormed();
        checkName("A core block", name);
        checkLength("A core block", text, coreBlockChars);
        if (text === "") return void remove.run(name);
        checkRoom(context, "core_blocks", name, coreBlockCount);
        put.run(name, text.toWellFormed(), from, context.nowMs());
      }),
  };
}

export function createPreferences(context: StoreContext): Preferences {
  const { db } = context;
  const all = db.prepare<[], { name: string; value: string }>(
    "SELECT name, value FROM preferences ORDER BY name",
  );
  const put = db.prepare(
    `INSERT INTO preferences (name, value) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  const remove = db.prepare("DELETE FROM preferences WHERE name = ?");
  return {
    preferences: () =>
      telling(() => Object.fromEntries(all.all().map(({ name, value }) => [name, value]))),
    setPreference: (rawName, value) =>
      context.write(() => {
        const name = rawName.toWellFormed();
        checkName("A preference", name);
        if (value === null) return void remove.run(name);
        checkLength("A preference", value, preferenceChars);
        checkRoom(context, "preferences", name, preferenceCount);
        put.run(name, value.toWellFormed());
      }),
  };
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Makes room for one blob more; throws `memory-full`. In the transaction that puts it. */
export function countBlob(tallies: Tallies, bytes: number): void {
  if (tallies.get("blob") >= blobCount || tallies.get("blob-bytes") + bytes > blobTotalBytes) {
    throw new TimmyError(
      "memory-full",
      `There are at most ${blobCount} blobs with ${blobTotalBytes} bytes together.`,
    );
  }
  tallies.raise("blob", 1);
  tallies.raise("blob-bytes", bytes);
}

/** Bytes by the hash of their content: the same bytes are kept once. */
export function createBlobs(context: StoreContext): Blobs {
  const { db } = context;
  const put = db.prepare("INSERT INTO blobs (sha256, bytes) VALUES (?, ?)");
  const get = db.prepare<[string], Uint8Array>("SELECT bytes FROM blobs WHERE sha256 = ?").pluck();
  const all = db.prepare<[], { sha256: string; bytes: number }>(
    "SELECT sha256, length(bytes) AS bytes FROM blobs ORDER BY sha256",
  );
  const tallies = createTallies(db);
  return {
    putBlob: (bytes) =>
      context.write(() => {
        if (bytes.length > blobBytes) {
          throw new TimmyError("too-large", `A blob holds at most ${blobBytes} bytes.`);
        }
        const hash = sha256(bytes);
        if (get.get(hash) !== undefined) return hash;
        countBlob(tallies, bytes.length);
        put.run(hash, bytes);
        return hash;
      }),
    getBlob: (hash) =>
      telling(() => {
        const bytes = get.get(hash);
        return bytes === undefined ? null : new Uint8Array(bytes);
      }),
    blobs: () => telling(() => all.all()),
  };
}
