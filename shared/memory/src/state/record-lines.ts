import { TimmyError } from "@timmy/shared/errors";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { stateLimits } from "@timmy/shared/state/limits";
import type { SectionName } from "@timmy/shared/state/records";
import { plainText } from "@timmy/shared/state/refusal";
import type { StoreSnapshot } from "../store-sections.ts";
import type { Attachments } from "./attachments.ts";

/** One line of a section, without its newline, and what it is of, for a sentence. */
export interface SectionLine {
  readonly section: string;
  readonly text: string;
  readonly of: string;
  /** The whole blob that this line begins. */
  readonly blob?: Uint8Array;
}

type Members = Readonly<Record<string, unknown>>;

/** The members that a newer version wrote come back; ours stand over them. */
function withExtra(members: Members, extra: string): Members {
  return extra === "" ? members : { ...(JSON.parse(extra) as Members), ...members };
}

function line(section: SectionName, of: string, members: Members, extra = ""): SectionLine {
  const text = canonicalJson({ ...withExtra(members, extra), section });
  if (text.length > stateLimits.lineBytes) {
    throw new TimmyError("state-too-large", `${plainText(of)} is too large for one line.`);
  }
  return { section, text, of: plainText(of) };
}

function* memoryLines(snapshot: StoreSnapshot): Generator<SectionLine> {
  for (const { extra, createdMs, changedMs, ...fact } of snapshot.facts()) {
    const members = { ...fact, created_ms: createdMs, changed_ms: changedMs };
    yield line("facts", `the fact ${fact.id}`, members, extra);
  }
  for (const { extra, atMs, accessCount, ...episode } of snapshot.episodes()) {
    const members = { ...episode, at_ms: atMs, access_count: accessCount };
    yield line("episodes", `the episode ${episode.id}`, members, extra);
  }
}

function* blobLines(snapshot: StoreSnapshot): Generator<SectionLine> {
  const { chunkBytes } = stateLimits;
  for (const { extra, sha256, bytes } of snapshot.blobs()) {
    const of = `the blob ${sha256}`;
    yield { ...line("blobs", of, { sha256, bytes: bytes.length }, extra), blob: bytes };
    for (let part = 0; part * chunkBytes < bytes.length; part++) {
      const piece = bytes.subarray(part * chunkBytes, (part + 1) * chunkBytes);
      yield line("blobs", of, { part, chunk: Buffer.from(piece).toString("base64") });
    }
  }
}

function* belongingLines(snapshot: StoreSnapshot): Generator<SectionLine> {
  for (const { extra, changedMs, ...block } of snapshot.coreBlocks()) {
    const members = { ...block, changed_ms: changedMs };
    yield line("persona", `the core block ${block.name}`, members, extra);
  }
  for (const { extra, ...preference } of snapshot.preferences()) {
    yield line("preferences", `the preference ${preference.name}`, preference, extra);
  }
}

/** Everything of a store that travels, in the file's order, up to what is known only at the end. */
export function* contentLines(
  snapshot: StoreSnapshot,
  attachments: Attachments,
): Generator<SectionLine> {
  yield* belongingLines(snapshot);
  yield* memoryLines(snapshot);
  yield* blobLines(snapshot);
  const { effectExtra } = attachments;
  yield line("effect-log", "the effect log", { ...snapshot.effectHead }, effectExtra);
  for (const { extra, atMs, ...entry } of snapshot.lineage()) {
    yield line("lineage", "the lineage", { ...entry, at_ms: atMs }, extra);
  }
  for (const record of attachments.capabilities) {
    yield line("capabilities", "the capabilities", record);
  }
  for (const record of attachments.policy) yield line("policy", "the policy", record);
}

export const redactionLine = (what: string, record: Members): SectionLine =>
  line("redactions", "the redactions", { ...record, what });

export const keyLine = (seed: Uint8Array): SectionLine =>
  line("key", "the key", { seed: Buffer.from(seed).toString("hex") });
