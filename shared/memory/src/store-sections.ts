import type {
  AgentRecord,
  AgentStore,
  CoreBlock,
  Episode,
  Fact,
  LineageEntry,
} from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { addLineage, readAgent, readSealed, readSeed, writeAgent } from "./agent-record.ts";
import { makeAgent } from "./birth.ts";
import { telling } from "./sqlite-file.ts";
import { copyFile } from "./store-context.ts";
import { beginImport } from "./store-import.ts";
import { internalsOf } from "./store-internals.ts";

/**
 * Every record carries, as a JSON object's text, the fields that a newer version wrote and this one
 * does not know; empty when there are none.
 */
interface Extra {
  readonly extra: string;
}
export type FactRow = Fact & Extra;
export type EpisodeRow = Episode & Extra;
export type CoreBlockRow = CoreBlock & Extra;
export type LineageRow = LineageEntry & Extra;
export interface PreferenceRow extends Extra {
  readonly name: string;
  readonly value: string;
}
export interface BlobRow extends Extra {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}
/** A text that travels with the agent and that only the state file reads: policy limits, sections. */
export interface DocumentRow {
  readonly name: string;
  readonly text: string;
}
export interface EffectHead {
  readonly seq: number;
  readonly hash: string;
}

/** One moment of a store, read row by row while others go on writing. */
export interface StoreSnapshot {
  readonly agent: AgentRecord;
  readonly effectHead: EffectHead;
  counts(): { readonly facts: number; readonly episodes: number; readonly blobs: number };
  /** By id. */
  facts(): IterableIterator<FactRow>;
  /** By id. */
  episodes(): IterableIterator<EpisodeRow>;
  /** By name. */
  coreBlocks(): IterableIterator<CoreBlockRow>;
  /** By name. */
  preferences(): IterableIterator<PreferenceRow>;
  /** By hash. */
  blobs(): IterableIterator<BlobRow>;
  /** As it happened. */
  lineage(): IterableIterator<LineageRow>;
  /** By name. */
  documents(): IterableIterator<DocumentRow>;
  close(): void;
}

/** What a store is to become; nothing of it is seen by anybody before `commit`. */
export interface StoreImport {
  /** Whole record. `seed` null keeps the private key, when the id is the one the store has. */
  record(record: AgentRecord, seed: Uint8Array | null): void;
  fact(row: FactRow): void;
  episode(row: EpisodeRow): void;
  coreBlock(row: CoreBlockRow): void;
  preference(row: PreferenceRow): void;
  /** Refuses bytes that do not have the hash. */
  blob(row: BlobRow): void;
  lineage(row: LineageRow): void;
  document(row: DocumentRow): void;
  /** The log goes on after this entry, as a sealed one. */
  effectHead(head: EffectHead): void;
  /** One transaction, on disk when it returns. */
  commit(): void;
  /** The store is what it was; also after a failure. Idempotent. */
  abort(): void;
}

/** What can be set at once, in one transaction, with a line of the lineage. */
export type RecordFields = Partial<
  Pick<
    AgentRecord,
    "name" | "epoch" | "generation" | "parentId" | "stateHash" | "status" | "departedTo"
  >
>;

/** Sets fields and adds the line in one transaction. A lower epoch is refused: `stale-epoch`. */
export function setRecord(store: AgentStore, fields: RecordFields, line?: LineageEntry): void {
  const { context } = internalsOf(store);
  context.write(() => {
    const record = readAgent(context.db);
    if (fields.epoch !== undefined && fields.epoch < record.epoch) {
      throw new TimmyError("stale-epoch", `The agent is in epoch ${record.epoch}.`);
    }
    writeAgent(context.db, { ...record, ...fields }, readSealed(context.db));
    if (line !== undefined) addLineage(context.db, line);
  });
}

/** The raw 32-byte Ed25519 seed: for an encrypted export or a move, and for nothing else. */
export const exportSeed = (store: AgentStore): Uint8Array =>
  telling(() => readSeed(internalsOf(store).context));

/** Nobody lives here any more, and nothing of anybody is left: for what arrived and went back. */
export function vacate(store: AgentStore): void {
  const { context } = internalsOf(store);
  const { node } = store.lineage().at(-1) ?? { node: "" };
  const into = beginImport(store);
  try {
    const { record, seed } = makeAgent(context.ports, "", "vacant");
    into.lineage({ atMs: record.createdMs, what: "born", node, epoch: 1, note: "", extra: "" });
    into.record(record, seed);
    into.commit();
  } finally {
    into.abort();
  }
}

/** Whether this agent was told nothing and did nothing, or is nobody: it may be replaced unasked. */
export function isBlank(store: AgentStore): boolean {
  if (store.agent().status === "vacant") return true;
  const { facts, episodes, blobs } = store.counts();
  return (
    store.effects.head().seq === 0 &&
    facts + episodes + blobs + store.coreBlocks().length === 0 &&
    Object.keys(store.preferences()).length === 0 &&
    store.lineage().every(({ what }) => what === "born")
  );
}

/**
 * A copy of the whole file at `path`, 0600, on disk when it returns; the same key file opens it. The
 * path must not exist.
 */
export function keepCopy(store: AgentStore, path: string): void {
  const { context, touches } = internalsOf(store);
  if (context.locked === null) context.write(() => touches.flush());
  copyFile(context, path);
}
