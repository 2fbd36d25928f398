import type { MakeId } from "@timmy/shared/ids";
import { keyChars, textChars } from "./limits.ts";
import { createMemoryWriter } from "./memory-writer.ts";
import type { SqliteFile } from "./sqlite-file.ts";

interface OldFact {
  readonly key: string;
  readonly value: string;
  readonly source: string;
  readonly changed_ms: number;
}

/** Whether the file is from before there was a version: a single table of facts. */
export const hasOldFacts = (db: SqliteFile): boolean =>
  db.prepare("SELECT 1 FROM pragma_table_info('facts') WHERE name = 'changed_ms'").get() !==
  undefined;

/** Takes the facts of an unversioned file over, with their sources and times. In a transaction. */
export function takeOldFacts(db: SqliteFile, makeId: MakeId): void {
  const writer = createMemoryWriter(db);
  const facts = db.prepare<[], OldFact>("SELECT * FROM facts ORDER BY changed_ms, key").all();
  for (const fact of facts) {
    writer.add({
      id: makeId(),
      kind: "fact",
      key: fact.key.slice(0, keyChars),
      text: fact.value.slice(0, textChars),
      source: fact.source,
      created_ms: fact.changed_ms,
      at_ms: fact.changed_ms,
      importance: 0,
      tags: "[]",
      who: "",
      access_count: 0,
      extra: "",
    });
  }
  db.exec("DROP TABLE facts");
}
