import type { LineageEntry } from "@timmy/shared/agent/agent-store";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { type Migration, migrateRecord } from "@timmy/shared/state/migrations";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import {
  type AnyRecord,
  isSection,
  type SectionName,
  type StateRecord,
  unknownMembers,
} from "@timmy/shared/state/records";
import type { StoreImport } from "../store-sections.ts";
import type { Attachments } from "./attachments.ts";

/** Fills a store with the verified lines of a state file, and keeps what the store only carries. */
export interface RowFiller {
  /** A line below the header. */
  add(text: string): void;
  /** Of the line that was added last. */
  section(): string;
  attachments(): Omit<Attachments, "newest">;
  /** The private key, when the file had it. */
  seed(): Uint8Array | null;
}

interface Kept {
  readonly capabilities: StateRecord<"capabilities">[];
  readonly policy: PolicyRule[];
  readonly redactions: StateRecord<"redactions">[];
  readonly unknown: { readonly section: string; readonly lines: string[] }[];
  effectExtra: string;
  seed: Uint8Array | null;
  blob: { readonly sha256: string; readonly extra: string; readonly pieces: Buffer[] } | null;
}

const as = <S extends SectionName>(_section: S, record: AnyRecord): StateRecord<S> =>
  record as StateRecord<S>;

function extraOf(section: SectionName, record: AnyRecord): string {
  const unknown = unknownMembers(section, record);
  return unknown === null ? "" : canonicalJson(unknown);
}

function addMemory(into: StoreImport, section: "facts" | "episodes", record: AnyRecord): void {
  const extra = extraOf(section, record);
  if (section === "facts") {
    const { id, key, value, from, created_ms, changed_ms } = as(section, record);
    into.fact({ id, key, value, from, createdMs: created_ms, changedMs: changed_ms, extra });
    return;
  }
  const { id, at_ms, content, importance, tags, from, who, access_count } = as(section, record);
  const times = { atMs: at_ms, accessCount: access_count };
  into.episode({ id, content, importance, tags, from, who, ...times, extra });
}

function finishBlob(into: StoreImport, kept: Kept): void {
  if (kept.blob === null) return;
  const { sha256, extra, pieces } = kept.blob;
  into.blob({ sha256, bytes: Buffer.concat(pieces), extra });
  kept.blob = null;
}

function addRecord(into: StoreImport, kept: Kept, section: SectionName, record: AnyRecord): void {
  const extra = extraOf(section, record);
  switch (section) {
    case "facts":
    case "episodes":
      return addMemory(into, section, record);
    case "persona": {
      const { name, text, from, changed_ms } = as(section, record);
      return into.coreBlock({ name, text, from, changedMs: changed_ms, extra });
    }
    case "preferences": {
      const { name, value } = as(section, record);
      return into.preference({ name, value, extra });
    }
    case "blobs": {
      const { sha256, bytes } = as(section, record);
      kept.blob = { sha256, extra, pieces: [] };
      return bytes === 0 ? finishBlob(into, kept) : undefined;
    }
    case "effect-log": {
      const { seq, hash } = as(section, record);
      kept.effectExtra = extra;
      return into.effectHead({ seq, hash });
    }
    case "lineage": {
      const { at_ms, what, node, epoch, note } = as(section, record);
      return into.lineage({ atMs: at_ms, what, node, epoch, note, extra });
    }
    case "capabilities":
      return void kept.capabilities.push(as(section, record));
    case "policy":
      return void kept.policy.push(as(section, record));
    case "redactions":
      return void kept.redactions.push(as(section, record));
    case "key":
      kept.seed = Buffer.from(as(section, record).seed, "hex");
      return;
    default:
      return section satisfies never;
  }
}

function addUnknown(kept: Kept, section: string, text: string): void {
  const last = kept.unknown.at(-1);
  if (last?.section === section) last.lines.push(text);
  else kept.unknown.push({ section, lines: [text] });
}

/** The lines were verified: what they are is known from their members. */
export function createRowFiller(into: StoreImport, steps: readonly Migration[]): RowFiller {
  const kept: Kept = {
    capabilities: [],
    policy: [],
    redactions: [],
    unknown: [],
    effectExtra: "",
    seed: null,
    blob: null,
  };
  let section = "";
  let blobLeft = 0;
  function addPiece(chunk: string): void {
    const bytes = Buffer.from(chunk, "base64");
    kept.blob?.pieces.push(bytes);
    blobLeft -= bytes.length;
    if (blobLeft === 0) finishBlob(into, kept);
  }
  return {
    add(text) {
      const { section: name, ...members } = JSON.parse(text) as Record<string, unknown>;
      if (typeof name !== "string") return; // The footer.
      section = name;
      if (blobLeft > 0) return addPiece(String(members["chunk"]));
      if (!isSection(name)) return addUnknown(kept, name, text);
      const record = migrateRecord(steps, name, members);
      if (record === null) return;
      if (name === "blobs") blobLeft = Number(record["bytes"]);
      addRecord(into, kept, name, record as AnyRecord);
    },
    section: () => section,
    attachments: () => kept,
    seed: () => kept.seed,
  };
}

/** How an agent came to this store, when the file does not say it already. */
export function arrivalOf(
  what: "moved" | "forked",
  facts: { readonly nowMs: number; readonly node: string; readonly epoch: number },
  note: string,
): LineageEntry {
  return { atMs: facts.nowMs, what, node: facts.node, epoch: facts.epoch, note };
}
