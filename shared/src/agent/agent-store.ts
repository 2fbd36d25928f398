import type { EffectLog } from "./effect-log.ts";
import type { Memory, Provenance } from "./tim-agent.ts";

/**
 * Where an agent stands with respect to the body that holds this store. `living` acts; `leaving` has
 * stopped acting and is on its way out; `departed` acts never again under this epoch; `arriving` was
 * brought here and waits for the proof that the other body is departed; `vacant` holds nobody yet.
 */
export type LifeStatus = "vacant" | "living" | "leaving" | "departed" | "arriving";

export interface AgentRecord {
  /** Ed25519 public key, 64 lower-case hex digits: the agent's id everywhere and for ever. */
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  /** From 1; each move raises it. One body acts in one epoch. */
  readonly epoch: number;
  /** Raised by each export. */
  readonly generation: number;
  /** Whom it was forked from, or null. */
  readonly parentId: string | null;
  /** SHA-256 of the newest state file that was made or read, hex; empty when there was none. */
  readonly stateHash: string;
  readonly status: LifeStatus;
  /** The node that it moved to, or empty. */
  readonly departedTo: string;
}

export interface Fact extends Memory {
  readonly id: string;
  readonly createdMs: number;
  readonly changedMs: number;
}
export interface Episode {
  readonly id: string;
  readonly atMs: number;
  readonly content: string;
  /** 0 to 1. */
  readonly importance: number;
  readonly tags: readonly string[];
  readonly from: Provenance;
  /** Who said or saw it, as the sender named himself; may be empty. */
  readonly who: string;
  readonly accessCount: number;
}
/** Newest first, from below a row; or the one row of an id. */
export interface MemoryPage {
  readonly limit: number;
  readonly beforeId?: string;
  readonly id?: string;
}
export interface Found {
  readonly kind: "fact" | "episode";
  readonly id: string;
  /** The fact's key; empty for an episode. */
  readonly key: string;
  readonly text: string;
  readonly from: Provenance;
  readonly atMs: number;
}
/** A short text that is always in the prompt: who the owner is, how to speak. */
export interface CoreBlock {
  readonly name: string;
  readonly text: string;
  readonly from: Provenance;
  readonly changedMs: number;
}
export interface LineageEntry {
  readonly atMs: number;
  readonly what: "born" | "moved" | "forked" | "restored" | "imported";
  readonly node: string;
  readonly epoch: number;
  readonly note: string;
}

/** An agent's own store: one SQLite file with everything that moves with it. Calls are synchronous. */
export interface AgentStore {
  agent(): AgentRecord;
  /** Ed25519 with the agent's own key (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array;
  rename(name: string): void;

  /** A key has one value from each source: nobody writes over what a more trusted one said. */
  remember(key: string, value: string, from: Provenance): Fact;
  /** What the most trusted source said. */
  recall(key: string): Fact | null;
  /** Newest first. */
  facts(page: MemoryPage): readonly Fact[];
  note(episode: Omit<Episode, "id" | "atMs" | "accessCount"> & { readonly atMs?: number }): Episode;
  episodes(page: MemoryPage): readonly Episode[];
  /** A fact or an episode, by its id; false when it is not there. */
  forget(id: string): boolean;
  /** BM25 over the rarest words, best first; any text is an ordinary query. */
  search(query: string, limit?: number): readonly Found[];
  counts(): { readonly facts: number; readonly episodes: number; readonly blobs: number };

  coreBlocks(): readonly CoreBlock[];
  /** An empty text removes the block. */
  setCoreBlock(name: string, text: string, from: Provenance): void;
  preferences(): Readonly<Record<string, string>>;
  setPreference(name: string, value: string | null): void;
  /** Answers the SHA-256, hex. */
  putBlob(bytes: Uint8Array): string;
  getBlob(sha256: string): Uint8Array | null;
  blobs(): readonly { readonly sha256: string; readonly bytes: number }[];
  lineage(): readonly LineageEntry[];

  readonly effects: EffectLog;
  stop(): void;
}
