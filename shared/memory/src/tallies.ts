import type { SqliteFile } from "./sqlite-file.ts";

type TallyName = "fact" | "episode" | "blob" | "blob-bytes" | "effect";

/** How many there are of each, kept with every change; `effect` is the newest one's number. */
export interface Tallies {
  get(name: TallyName): number;
  /** Facts and episodes. */
  memories(): number;
  /** The caller stands in the transaction of the change itself. */
  raise(name: TallyName, by: number): void;
  set(name: TallyName, n: number): void;
}

export function createTallies(db: SqliteFile): Tallies {
  const get = db.prepare<[string], number>("SELECT n FROM tallies WHERE name = ?").pluck();
  const raise = db.prepare("UPDATE tallies SET n = n + ? WHERE name = ?");
  const set = db.prepare("UPDATE tallies SET n = ? WHERE name = ?");
  const of = (name: TallyName) => get.get(name) ?? 0;
  return {
    get: of,
    memories: () => of("fact") + of("episode"),
    raise: (name, by) => void raise.run(by, name),
    set: (name, n) => void set.run(n, name),
  };
}
