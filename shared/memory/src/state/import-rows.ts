import type { LineageEntry } from "@timmy/shared/agent/agent-store";
import { canonicalJson } from "@timmy/shared/state/canonical";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import {
  type AnyRecord,
  type SectionName,
  type StateRecord,
  unknownMembers,
} from "@timmy/shared/state/records";
import type { StoreImport } from "../store-sections.ts";
import type { Attachments } from "./attachments.ts";
import type { ReadLine } from "./verify-state.ts";

/** Fills a store with the lines of a state file, and keeps what the store only carries. */
export interface RowFiller {
  add(line: ReadLine): void;
  attachments(): Omit<Attachments, "newest">;
  /** The private key, when the file had it. */
  seed(): Uint8Array | null;
}

interface Kept {
  readonly capabilities: StateRecord<"capabilities">[];
  readonly policy: PolicyRule[];
  readonly redactions: StateRecord<"redactions">[];
  readonly unknown: { readonly section: string; readonly lines: string[] }[];
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

export function createRowFiller(into: StoreImport): RowFiller {
  const kept: Kept = {
    capabilities: [],
    policy: [],
    redactions: [],
    unknown: [],
    seed: null,
    blob: null,
  };
  return {
    add({ item, text }) {
      if (item.kind === "record") addRecord(into, kept, item.section, item.record);
      else if (item.kind === "chunk") {
        kept.blob?.pieces.push(Buffer.from(item.chunk, "base64"));
        if (item.last) finishBlob(into, kept);
      } else if (item.kind === "unknown") {
        const last = kept.unknown.at(-1);
        if (last?.section === item.section) last.lines.push(text);
        else kept.unknown.push({ section: item.section, lines: [text] });
      }
    },
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
