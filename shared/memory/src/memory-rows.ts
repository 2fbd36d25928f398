import type { Episode, Fact } from "@timmy/shared/agent/agent-store";
import type { Provenance } from "@timmy/shared/agent/tim-agent";

export interface MemoryRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: "fact" | "episode";
  readonly key: string;
  readonly text: string;
  readonly source: string;
  readonly created_ms: number;
  readonly at_ms: number;
  readonly importance: number;
  readonly tags: string;
  readonly who: string;
  readonly access_count: number;
  readonly extra: string;
}

/** From the one that may most to the one that may least. */
export const provenances: readonly Provenance[] = ["owner", "agent", "peer", "world"];

/** A source that this version does not know counts as the least trusted. */
export const toProvenance = (source: string): Provenance =>
  provenances.find((known) => known === source) ?? "world";

export const toFact = (row: MemoryRow): Fact => ({
  id: row.id,
  key: row.key,
  value: row.text,
  from: toProvenance(row.source),
  createdMs: row.created_ms,
  changedMs: row.at_ms,
});

function toTags(json: string): readonly string[] {
  const tags: unknown = JSON.parse(json);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

export const toEpisode = (row: MemoryRow): Episode => ({
  id: row.id,
  atMs: row.at_ms,
  content: row.text,
  importance: row.importance,
  tags: toTags(row.tags),
  from: toProvenance(row.source),
  who: row.who,
  accessCount: row.access_count,
});

/** All words of a memory that a query may name. */
export const textOf = (row: Pick<MemoryRow, "key" | "text" | "tags" | "who">): string =>
  `${row.key} ${row.text} ${toTags(row.tags).join(" ")} ${row.who}`;
