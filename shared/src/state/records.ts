import { z } from "zod";
import { stateLimits as limits } from "./limits.ts";

const ms = z.int().min(-limits.timeMs).max(limits.timeMs);
const count = z.int().min(0).max(limits.count);
const from = z.enum(["owner", "agent", "peer", "world"]);
const id = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(limits.nameChars);

/** A line of each section, without the member `section`; members that are not here are kept. */
export const recordSchemas = {
  persona: z.looseObject({ name, text: z.string().max(limits.blockChars), from, changed_ms: ms }),
  preferences: z.looseObject({ name, value: z.string().max(limits.preferenceChars) }),
  facts: z.looseObject({
    id,
    key: z.string().min(1).max(limits.keyChars),
    value: z.string().max(limits.textChars),
    from,
    created_ms: ms,
    changed_ms: ms,
  }),
  episodes: z.looseObject({
    id,
    at_ms: ms,
    content: z.string().max(limits.textChars),
    importance: z.number().min(0).max(1),
    tags: z.array(z.string().max(limits.tagChars)).max(limits.tags),
    from,
    who: z.string().max(limits.whoChars),
    access_count: count,
  }),
  blobs: z.looseObject({ sha256: hash, bytes: z.int().min(0).max(limits.blobBytes) }),
  "effect-log": z.looseObject({ seq: count, hash }),
  lineage: z.looseObject({
    at_ms: ms,
    what: z.enum(["born", "moved", "forked", "restored", "imported"]),
    node: z.string().max(limits.nameChars),
    epoch: count,
    note: z.string().max(limits.lineageChars),
  }),
  capabilities: z.looseObject({ name }),
  policy: z.looseObject({
    name,
    rule: z.enum(["at-most", "at-least", "allowed"]),
    value: z.union([z.number(), z.boolean()]),
  }),
  redactions: z.looseObject({
    what: z.string().min(1).max(limits.whoChars),
    count: count.min(1),
  }),
  key: z.strictObject({ seed: hash }),
} as const;

export type SectionName = keyof typeof recordSchemas;
export type StateRecord<S extends SectionName> = z.infer<(typeof recordSchemas)[S]>;
export type AnyRecord = { [S in SectionName]: StateRecord<S> }[SectionName];

/** A blob's bytes follow its line in pieces. */
export const chunkSchema = z.strictObject({ part: z.int().min(0), chunk: z.string().min(1) });

/** The order of the sections in a file; sections that this version does not know follow by name. */
export const sectionNames = [
  "persona",
  "preferences",
  "facts",
  "episodes",
  "blobs",
  "effect-log",
  "lineage",
  "capabilities",
  "policy",
  "redactions",
  "key",
] as const satisfies readonly SectionName[];

export const isSection = (name: string): name is SectionName =>
  sectionNames.some((known) => known === name);

/** The most lines of a section; a blob's pieces are counted by its bytes. */
export const sectionCounts: Readonly<Record<SectionName, number>> = {
  persona: limits.blocks,
  preferences: limits.preferences,
  facts: limits.memories,
  episodes: limits.memories,
  blobs: limits.blobs,
  "effect-log": 1,
  lineage: limits.lineage,
  capabilities: limits.capabilities,
  policy: limits.policyRules,
  redactions: limits.redactions,
  key: 1,
};

/** What records of a section are sorted by, each greater than the one before it; null: as it was. */
export const sortedBy: Readonly<Record<SectionName, readonly string[] | null>> = {
  persona: ["name"],
  preferences: ["name"],
  facts: ["id"],
  episodes: ["id"],
  blobs: ["sha256"],
  "effect-log": null,
  lineage: null,
  capabilities: ["name"],
  policy: ["name", "rule"],
  redactions: ["what"],
  key: null,
};

/** The members of a record that this version does not know, or null. */
export function unknownMembers(
  section: SectionName,
  record: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  const known = recordSchemas[section].shape;
  const names = Object.keys(record).filter((member) => !Object.hasOwn(known, member));
  return names.length === 0 ? null : Object.fromEntries(names.map((n) => [n, record[n]]));
}
