import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Provenance } from "@timmy/shared/agent/tim-agent";
import type { Clock } from "@timmy/shared/ports/time";
import { refuseState, type StateRefusal } from "@timmy/shared/state/refusal";
import { addLineage } from "../agent-record.ts";
import * as storeLimits from "../limits.ts";
import { internalsOf } from "../store-internals.ts";
import { isBlank } from "../store-sections.ts";
import { sha256Of } from "./digests.ts";

/** What another program's agent knew, as far as ours can know it. */
export interface ForeignMemory {
  readonly name: string | null;
  readonly blocks: readonly { readonly name: string; readonly text: string }[];
  readonly episodes: readonly ForeignEpisode[];
  /** Names of what was not read, for it lies elsewhere: symbolic links. */
  readonly leftOut: readonly string[];
}
interface ForeignEpisode {
  readonly atMs: number | null;
  readonly text: string;
  readonly who: string;
  /** What the text counts as, and what it counts as when the owner says that all of it is his. */
  readonly from: Provenance;
  readonly asOwner: Provenance;
}

export interface ForeignOptions {
  /** Where it comes from, in a word: the beginning of each fact's key, a tag of each episode. */
  readonly program: "letta" | "openclaw";
  /** The owner answers for every word of it. */
  readonly asOwner: boolean;
  /** Adds to an agent that knows something already. */
  readonly merge: boolean;
  readonly node: string;
}

export type ForeignTaken =
  | {
      readonly ok: true;
      readonly facts: number;
      readonly episodes: number;
      readonly blocks: number;
      readonly leftOut: readonly string[];
    }
  | StateRefusal;

/** A long text in pieces that the store takes; no piece ends within a surrogate pair. */
function piecesOf(text: string, limit: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + limit);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/**
 * Answers the key for a value: with a number when others have taken the name; null when the value
 * stands there already.
 */
function createKeys(store: AgentStore, from: Provenance) {
  const { db } = internalsOf(store).context;
  const held = db
    .prepare<[string, string], string>(
      "SELECT text FROM memories WHERE kind = 'fact' AND key = ? AND source = ?",
    )
    .pluck();
  /** What this file has found or taken already: it may say one thing twice. */
  const used = new Set<string>();
  return (name: string, value: string): string | null => {
    for (let n = 1; ; n++) {
      const number = n === 1 ? "" : ` ${n}`;
      const key = `${name.slice(0, storeLimits.keyChars - number.length)}${number}`.toWellFormed();
      const known = held.get(key, from);
      if (used.has(key) || (known !== undefined && known !== value.toWellFormed())) continue;
      used.add(key);
      return known === undefined ? key : null;
    }
  };
}

/** Whether an episode was there before: with the same text of the same source, at its time if it has one. */
function createKnown(store: AgentStore, program: string) {
  const { db } = internalsOf(store).context;
  const rows = db.prepare<[string], { text: string; source: string; at_ms: number }>(
    "SELECT text, source, at_ms FROM memories WHERE kind = 'episode' AND tags = ?",
  );
  const held = new Set<string>();
  const markOf = (text: string, from: string, atMs: number | null) =>
    sha256Of(`${from} ${atMs ?? ""} ${text.toWellFormed()}`);
  for (const { text, source, at_ms } of rows.iterate(JSON.stringify([program]))) {
    held.add(markOf(text, source, at_ms)).add(markOf(text, source, null));
  }
  return (text: string, from: string, atMs: number | null) => held.has(markOf(text, from, atMs));
}

/** Blocks become facts; core blocks, which stand in every prompt, only when the owner answers for them. */
function takeBlocks(store: AgentStore, memory: ForeignMemory, options: ForeignOptions) {
  let facts = 0;
  let blocks = 0;
  const from = options.asOwner ? "owner" : "world";
  const keyOf = createKeys(store, from);
  for (const { name, text } of memory.blocks) {
    for (const piece of piecesOf(text, storeLimits.textChars)) {
      const key = keyOf(`${options.program} ${name}`.trim(), piece);
      if (key === null) continue;
      store.remember(key, piece, from);
      facts++;
    }
    const known = store.coreBlocks();
    const room = known.length < storeLimits.coreBlockCount && !known.some((b) => b.name === name);
    const fits = text.length <= storeLimits.coreBlockChars && name.length <= storeLimits.nameChars;
    if (!options.asOwner || !room || !fits || text === "" || name === "") continue;
    store.setCoreBlock(name, text, "owner");
    blocks++;
  }
  return { facts, blocks };
}

/**
 * Adds what another program's agent knew, in one transaction. What it was told by whom is not known
 * to be true: it counts as a stranger's for ever, unless the owner answers for it.
 */
export function takeForeign(
  store: AgentStore,
  memory: ForeignMemory,
  options: ForeignOptions,
  ports: { readonly clock: Pick<Clock, "wallMs"> },
): ForeignTaken {
  const blank = isBlank(store);
  if (!blank && !options.merge) {
    const why = `"${store.agent().name}" (${store.agent().id.slice(0, 12)}) lives here`;
    return refuseState("file", 1, why, "state-not-merged");
  }
  const { context } = internalsOf(store);
  const nowMs = Math.round(ports.clock.wallMs());
  return context.write(() => {
    if (blank && memory.name !== null && memory.name.trim() !== "") {
      store.rename(memory.name.trim().slice(0, storeLimits.agentNameChars));
    }
    const taken = takeBlocks(store, memory, options);
    const isKnown = createKnown(store, options.program);
    let episodes = 0;
    for (const episode of memory.episodes) {
      const from = options.asOwner ? episode.asOwner : episode.from;
      for (const content of piecesOf(episode.text, storeLimits.textChars)) {
        if (isKnown(content, from, episode.atMs)) continue;
        store.note({
          content,
          atMs: episode.atMs ?? nowMs,
          importance: 0.5,
          tags: [options.program],
          from,
          who: episode.who.slice(0, storeLimits.whoChars),
        });
        episodes++;
      }
    }
    const { node, program } = options;
    const { epoch } = store.agent();
    addLineage(context.db, { atMs: nowMs, what: "imported", node, epoch, note: program });
    return { ok: true, ...taken, episodes, leftOut: memory.leftOut };
  });
}
