import { canonicalJson } from "@timmy/shared/state/canonical";
import { sectionNames, sortedBy } from "@timmy/shared/state/records";
import type { StateRefusal } from "@timmy/shared/state/refusal";
import { compareTexts } from "@timmy/shared/state/text-order";
import { sha256Of } from "./digests.ts";
import type { StateSource } from "./state-file.ts";
import { type ReadLine, readState, type VerifiedState, verifyState } from "./verify-state.ts";

export interface Difference {
  readonly section: string;
  readonly what: "added" | "removed" | "changed";
  /** The record's id, name or hash. */
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface SectionCounts {
  readonly section: string;
  added: number;
  removed: number;
  changed: number;
  same: number;
}

export type StateDiff =
  | {
      readonly ok: true;
      readonly a: VerifiedState;
      readonly b: VerifiedState;
      /** Members of the header that differ. */
      readonly header: readonly string[];
      readonly sections: readonly SectionCounts[];
    }
  | (StateRefusal & { readonly side: "a" | "b" });

/** One record, with what it is found by in the other file. */
interface Entry {
  readonly place: number;
  readonly section: string;
  readonly key: string;
  readonly text: string;
}

const sections: readonly string[] = sectionNames;
/** Never shown: two files of one agent have the same. */
const hidden = "key";

function entryOf({ item, text, line }: ReadLine): Entry | null {
  if (item.kind === "record" && item.section !== hidden) {
    const keys = sortedBy[item.section];
    const members: Readonly<Record<string, unknown>> = item.record;
    const key = keys === null ? "" : keys.map((name) => String(members[name])).join(" ");
    return { place: sections.indexOf(item.section), section: item.section, key, text };
  }
  if (item.kind !== "unknown") return null;
  return { place: sections.length, section: item.section, key: String(line), text };
}

/** The records of a file that was verified, as they come; those without a key are found by number. */
async function* entriesOf(source: StateSource): AsyncGenerator<Entry> {
  const reading = readState(source);
  const numbers = new Map<string, number>();
  for (;;) {
    const { done, value } = await reading.next();
    if (done === true) return;
    for (const line of value) {
      const entry = entryOf(line);
      if (entry === null) continue;
      if (entry.key !== "" && entry.place < sections.length) yield entry;
      else {
        const number = (numbers.get(entry.section) ?? 0) + 1;
        numbers.set(entry.section, number);
        yield { ...entry, key: String(number).padStart(8, "0") };
      }
    }
  }
}

const compare = (a: Entry, b: Entry): number =>
  a.place - b.place || compareTexts(a.section, b.section) || compareTexts(a.key, b.key);

function differenceOf(before: Entry | undefined, after: Entry | undefined): Difference | null {
  const one = after ?? before;
  if (one === undefined || before?.text === after?.text) return null;
  const what = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  const texts = { before: before?.text ?? null, after: after?.text ?? null };
  return { section: one.section, what, key: one.key, ...texts };
}

/** Walks two sorted files side by side; pairs what has the same key. */
async function* pairsOf(
  a: AsyncGenerator<Entry>,
  b: AsyncGenerator<Entry>,
): AsyncGenerator<readonly [Entry | undefined, Entry | undefined]> {
  let left = await a.next();
  let right = await b.next();
  while (left.done !== true || right.done !== true) {
    const order =
      left.done === true ? 1 : right.done === true ? -1 : compare(left.value, right.value);
    const before = order <= 0 && left.done !== true ? left.value : undefined;
    const after = order >= 0 && right.done !== true ? right.value : undefined;
    yield [before, after];
    if (order <= 0) left = await a.next();
    if (order >= 0) right = await b.next();
  }
}

function headerDifferences(a: VerifiedState, b: VerifiedState): string[] {
  const names = new Set([...Object.keys(a.header), ...Object.keys(b.header)]);
  const text = (state: VerifiedState, name: string) => {
    const members: Readonly<Record<string, unknown>> = state.header;
    return sha256Of(canonicalJson(members[name] ?? null));
  };
  return [...names].filter((name) => text(a, name) !== text(b, name)).sort();
}

/**
 * What stands in `b` and not in `a`, and the other way round, record by record; `see` is told of each
 * difference as it is found. Nothing of either file is kept.
 */
export async function diffStates(
  a: StateSource,
  b: StateSource,
  see: (difference: Difference) => void,
): Promise<StateDiff> {
  const first = await verifyState(a);
  if (!first.ok) return { ...first, side: "a" };
  const second = await verifyState(b);
  if (!second.ok) return { ...second, side: "b" };
  const counts = new Map<string, SectionCounts>();
  for await (const [before, after] of pairsOf(entriesOf(a), entriesOf(b))) {
    const section = after?.section ?? before?.section ?? "";
    const count = counts.get(section) ?? { section, added: 0, removed: 0, changed: 0, same: 0 };
    counts.set(section, count);
    const difference = differenceOf(before, after);
    count[difference?.what ?? "same"]++;
    if (difference !== null) see(difference);
  }
  const header = headerDifferences(first, second);
  return { ok: true, a: first, b: second, header, sections: [...counts.values()] };
}
