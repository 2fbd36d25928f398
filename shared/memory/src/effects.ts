import { createHash } from "node:crypto";
import type { Effect, EffectKind, EffectLog } from "@timmy/shared/agent/effect-log";
import { TimmyError } from "@timmy/shared/errors";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { effectChars, pageRows } from "./limits.ts";
import { clampLimit } from "./memories.ts";
import { type SqliteFile, telling } from "./sqlite-file.ts";
import { checkLength, type StoreContext } from "./store-context.ts";
import { createTallies } from "./tallies.ts";

interface Row {
  readonly seq: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly body: string;
  readonly hash: string;
}
export interface EffectLimits {
  /** Entries that are kept, and how many are sealed at once above it. */
  readonly count: number;
  readonly segment: number;
}
interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What the first entry's hash is made over. */
const noHash = "0".repeat(64);
const kinds: readonly EffectKind[] = ["perceived", "decided", "acted", "result"];

/** SHA-256 over the 32 bytes of the hash before it and the entry in RFC 8785 form. */
function hashOf(before: string, entry: Omit<Row, "hash" | "body"> & { body: unknown }): string {
  const { seq, at_ms: atMs, kind, body } = entry;
  return createHash("sha256")
    .update(Buffer.from(before, "hex"))
    .update(canonicalJson({ seq, atMs, kind, body }))
    .digest("hex");
}

/** JSON's own view of a body: what was heard may hold half a character, and no one may lose it. */
const plain = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (_, part: unknown) =>
      typeof part === "string" ? part.toWellFormed() : part,
    ),
  );

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function toEffect({ seq, at_ms: atMs, kind, body, hash }: Row): Effect {
  const known = kinds.find((one) => one === kind);
  const json: unknown = JSON.parse(body);
  if (known === undefined || !isObject(json)) {
    throw new TimmyError("memory-broken", `Entry ${seq} of the effect log cannot be read.`);
  }
  return { seq, atMs, kind: known, body: json, hash };
}

/** The newest seal: everything up to it was dropped, or lived in another body. */
export const readSeal = (db: SqliteFile): Head =>
  db.prepare<[], Head>("SELECT seq, hash FROM effect_seals ORDER BY seq DESC LIMIT 1").get() ?? {
    seq: 0,
    hash: noHash,
  };

export const readHead = (db: SqliteFile): Head =>
  db.prepare<[], Head>("SELECT seq, hash FROM effects ORDER BY seq DESC LIMIT 1").get() ??
  readSeal(db);

/** Why the entry does not follow `before`, or null. */
function findFault(before: Head, row: Row): string | null {
  if (row.seq !== before.seq + 1) return `Entry ${before.seq + 1} is missing.`;
  try {
    const body: unknown = JSON.parse(row.body);
    // Of a member that stands twice SQLite reads the first, and the hash is made over the last.
    const one = canonicalJson(body) === row.body;
    return one && hashOf(before.hash, { ...row, body }) === row.hash
      ? null
      : `Entry ${row.seq} was changed: its hash does not fit.`;
  } catch {
    return `Entry ${row.seq} was changed: it is not JSON any more.`;
  }
}

function verify(db: SqliteFile): ReturnType<EffectLog["verify"]> {
  let before = readSeal(db);
  for (const row of db.prepare<[], Row>("SELECT * FROM effects ORDER BY seq").iterate()) {
    const sentence = findFault(before, row);
    if (sentence !== null) return { seq: Math.min(row.seq, before.seq + 1), sentence };
    before = { seq: row.seq, hash: row.hash };
  }
  const expected = createTallies(db).get("effect");
  if (expected === before.seq) return null;
  const sentence = `The log ends at entry ${before.seq}, but had ${expected}.`;
  return { seq: before.seq + 1, sentence };
}

/** Drops the oldest segment once there are too many; its last hash stays as a seal. */
function sealOldest(db: SqliteFile, newest: number, limits: EffectLimits): void {
  const sealed = readSeal(db).seq;
  if (newest - sealed <= limits.count) return;
  const last = sealed + limits.segment;
  db.prepare("INSERT INTO effect_seals SELECT seq, hash FROM effects WHERE seq = ?").run(last);
  db.prepare("DELETE FROM effects WHERE seq <= ?").run(last);
  db.prepare("DELETE FROM effect_seals WHERE seq < ?").run(last);
}

/** Begins the log anew after `head`: what came before is another body's. In a transaction. */
export function beginAfter(db: SqliteFile, head: Head): void {
  const old = readHead(db);
  db.prepare("INSERT OR IGNORE INTO effect_seals VALUES (?, ?)").run(old.seq, old.hash);
  db.exec("DELETE FROM effects; DELETE FROM effect_seals;");
  if (head.seq > 0) db.prepare("INSERT INTO effect_seals VALUES (?, ?)").run(head.seq, head.hash);
  createTallies(db).set("effect", head.seq);
}

export function createEffects(context: StoreContext, limits: EffectLimits): EffectLog {
  const { db } = context;
  const insert = db.prepare("INSERT INTO effects VALUES (?, ?, ?, ?, ?)");
  const tallies = createTallies(db);
  const after = db.prepare<[number, number], Row>(
    "SELECT * FROM effects WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  return {
    append: (kind, body) =>
      context.write(() => {
        const before = readHead(db);
        const text = canonicalJson(plain(body));
        checkLength("An effect", text, effectChars);
        const entry = { seq: before.seq + 1, at_ms: context.nowMs(), kind };
        const json: unknown = JSON.parse(text);
        const hash = hashOf(before.hash, { ...entry, body: json });
        insert.run(entry.seq, entry.at_ms, kind, text, hash);
        tallies.set("effect", entry.seq);
        sealOldest(db, entry.seq, limits);
        return toEffect({ ...entry, body: text, hash });
      }),
    after: (seq, limit) => telling(() => after.all(seq, clampLimit(limit, pageRows)).map(toEffect)),
    head: () => context.read(() => readHead(db)),
    verify: () => context.read(() => verify(db)),
  };
}
