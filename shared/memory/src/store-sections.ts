import type { AgentRecord, AgentStore, Episode, Fact } from "@timmy/shared/agent/agent-store";
import type { CoreBlock, LineageEntry } from "@timmy/shared/agent/agent-store";

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

export type OpenSnapshot = (store: AgentStore) => StoreSnapshot;
/** Empties the store and waits for its new content; other writes to it are refused until the end. */
export type BeginImport = (store: AgentStore) => StoreImport;
/** Refuses an epoch that is lower than the store's: `stale-epoch`. */
export type SetRecord = (store: AgentStore, fields: RecordFields, line?: LineageEntry) => void;
/** The raw 32-byte Ed25519 seed: for an encrypted export or a move, and for nothing else. */
export type ExportSeed = (store: AgentStore) => Uint8Array;
/** Whether nothing was ever told to this agent: it may be replaced without asking. */
export type IsBlank = (store: AgentStore) => boolean;
/** A copy of the whole file at `path`, 0600, on disk when it returns; it has the same key file. */
export type KeepCopy = (store: AgentStore, path: string) => void;
