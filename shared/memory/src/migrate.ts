import { TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { indexAgain } from "./memory-writer.ts";
import { migrations } from "./migrations.ts";
import { hasOldFacts, takeOldFacts } from "./old-facts.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { wordsVersion } from "./words.ts";

/** "Timm" in ASCII: tells an agent's store from any other SQLite file, also from the books. */
const applicationId = 0x54696d6d;

const pragma = (db: SqliteFile, name: string) => Number(db.pragma(name, { simple: true }));

/** The version of the file; throws `bad-file` for a stranger's and `memory-newer`. */
function readVersion(db: SqliteFile): number {
  const version = pragma(db, "user_version");
  const empty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  const ours = pragma(db, "application_id") === applicationId;
  if (!empty && !ours && !(version === 0 && hasOldFacts(db))) {
    throw new TimmyError("bad-file", "The file is a SQLite file, but not an agent's store.");
  }
  if (version > migrations.length) {
    throw new TimmyError("memory-newer", `It has version ${version}, not ${migrations.length}.`);
  }
  return version;
}

/** A reader changes nothing: a file that lacks a step is first opened by its owner. */
export function checkVersion(db: SqliteFile): void {
  if (readVersion(db) < migrations.length) {
    throw new TimmyError("bad-file", "The file is older than this program; open it for writing.");
  }
}

/** What the words of the index were made with. */
const wordsMark = (unicode: string) => `${wordsVersion}/${unicode}`;
const readMark = (db: SqliteFile) =>
  db.prepare<[], string>("SELECT value FROM marks WHERE name = 'words'").pluck().get();

/** Whether nothing is to be done; a file of this version holds an agent. Throws as `migrate`. */
export const isCurrent = (db: SqliteFile, unicode: string): boolean =>
  readVersion(db) === migrations.length && readMark(db) === wordsMark(unicode);

/** Brings the file to this version. In a transaction, with `birth` where there is no agent yet. */
export function migrate(db: SqliteFile, makeId: MakeId, unicode: string): void {
  const version = readVersion(db);
  if (version < migrations.length) {
    const old = version === 0 && hasOldFacts(db);
    for (const step of migrations.slice(version)) db.exec(step);
    if (old) takeOldFacts(db, makeId);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
  }
  // What goes out of the index must be cut as it went in.
  const before = readMark(db);
  if (before === wordsMark(unicode)) return;
  if (before !== undefined) indexAgain(db);
  db.prepare("INSERT OR REPLACE INTO marks VALUES ('words', ?)").run(wordsMark(unicode));
}
