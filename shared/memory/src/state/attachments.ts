import { canonicalJson } from "@timmy/shared/state/canonical";
import { stateLimits } from "@timmy/shared/state/limits";
import { type PolicyRule, stricterPolicy } from "@timmy/shared/state/policy-rules";
import type { StateRecord } from "@timmy/shared/state/records";
import { compareTexts } from "@timmy/shared/state/text-order";
import type { SqliteFile } from "../sqlite-file.ts";
import type { DocumentRow, StoreImport, StoreSnapshot } from "../store-sections.ts";

/** The newest state file of a store: its header's line, and a hash of all that stood below it. */
export interface NewestFile {
  readonly line: string;
  readonly content: string;
}

/** What a state file carries and the store only keeps for the next one. */
export interface Attachments {
  readonly newest: NewestFile | null;
  readonly capabilities: readonly StateRecord<"capabilities">[];
  readonly policy: readonly PolicyRule[];
  readonly redactions: readonly StateRecord<"redactions">[];
  /** Members of the effect log's record that this version does not know, as JSON; or empty. */
  readonly effectExtra: string;
  /** Lines of sections that this version does not know, as they were read. */
  readonly unknown: readonly { readonly section: string; readonly lines: readonly string[] }[];
}

const newestName = "state.newest";
const unknownPrefix = "section.";
const effectName = "effect-log";
const recordNames = ["capabilities", "policy", "redactions"] as const;

const parseAll = <T>(documents: readonly DocumentRow[], name: string): readonly T[] => {
  const text = documents.find((document) => document.name === name)?.text;
  return text === undefined ? [] : (JSON.parse(text) as readonly T[]);
};

export function readAttachments(snapshot: Pick<StoreSnapshot, "documents">): Attachments {
  const documents = [...snapshot.documents()];
  return {
    newest: parseAll<NewestFile>(documents, newestName)[0] ?? null,
    capabilities: parseAll(documents, "capabilities"),
    policy: parseAll(documents, "policy"),
    redactions: parseAll(documents, "redactions"),
    effectExtra: documents.find(({ name }) => name === effectName)?.text ?? "",
    unknown: documents
      .filter(({ name }) => name.startsWith(unknownPrefix))
      .map(({ name, text }) => ({
        section: name.slice(unknownPrefix.length),
        lines: text.split("\n"),
      })),
  };
}

/** A list whose records may be nested as deep as in their own lines. */
const listText = (records: readonly object[]) => `[${records.map(canonicalJson).join(",")}]`;

/** As documents of a store that is being filled. */
export function writeAttachments(into: Pick<StoreImport, "document">, all: Attachments): void {
  for (const name of recordNames) {
    if (all[name].length > 0) into.document({ name, text: listText(all[name]) });
  }
  for (const { section, lines } of all.unknown) {
    into.document({ name: `${unknownPrefix}${section}`, text: lines.join("\n") });
  }
  if (all.effectExtra !== "") into.document({ name: effectName, text: all.effectExtra });
  if (all.newest !== null) into.document({ name: newestName, text: canonicalJson([all.newest]) });
}

/** Remembers the newest file; the caller stands in a transaction. */
export function putNewest(db: SqliteFile, newest: NewestFile): void {
  const text = canonicalJson([newest]);
  db.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?)").run(newestName, text);
}

/**
 * With what the caller knows of the body: its capabilities, which come first where there are too many,
 * and its limits where they are stricter.
 */
export function addToAttachments(
  all: Attachments,
  requires: readonly string[],
  policy: readonly PolicyRule[],
): Attachments {
  const own = [...new Set(requires)].map(
    (name) => all.capabilities.find((known) => known.name === name) ?? { name },
  );
  const others = all.capabilities.filter(({ name }) => !requires.includes(name));
  return {
    ...all,
    capabilities: [...own, ...others]
      .slice(0, stateLimits.capabilities)
      .sort((a, b) => compareTexts(a.name, b.name)),
    policy: stricterPolicy(all.policy, policy),
  };
}
