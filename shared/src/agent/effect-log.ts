/** What an agent perceived, decided, did, and what came of it: append-only, each entry hashed. */
export type EffectKind = "perceived" | "decided" | "acted" | "result";

export interface Effect {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: EffectKind;
  /** JSON without secrets: text and provenance; source, model, latency, verdicts; action; result. */
  readonly body: Readonly<Record<string, unknown>>;
  /** SHA-256 over the hash before it and the canonical entry, hex. */
  readonly hash: string;
}

export interface EffectLog {
  append(kind: EffectKind, body: Readonly<Record<string, unknown>>): Effect;
  /** Oldest first, after `seq`. */
  after(seq: number, limit: number): readonly Effect[];
  head(): { readonly seq: number; readonly hash: string };
  /** The first entry whose hash does not fit, or null when all do. */
  verify(): { readonly seq: number; readonly sentence: string } | null;
}
