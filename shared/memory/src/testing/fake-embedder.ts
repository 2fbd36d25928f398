import type { Embedder } from "@timmy/shared/ports/embedder";
import { createRandom, hash32 } from "@timmy/shared/ports/random";
import { indexedWords } from "../words.ts";

export interface FakeEmbedder extends Embedder {
  model: string;
  dimensions: number;
  /** What the next call meets instead of an answer. */
  fault: ((texts: readonly string[]) => Promise<readonly (readonly number[])[]>) | null;
  /** The texts of each call so far. */
  readonly calls: readonly (readonly string[])[];
}

/** A FAKE: words are near that stand in one of these groups; all others are apart. */
const groups = ["tea drink beverage thirsty", "car vehicle drive", "cat animal pet"];

function vectorOf(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const word of indexedWords(text).split(" ")) {
    const group = groups.find((words) => words.split(" ").includes(word));
    const random = createRandom(hash32(group ?? word));
    const weight = group === undefined ? 0.2 : 1;
    for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] ?? 0) + weight * random.normal();
  }
  return vector;
}

export function createFakeEmbedder(): FakeEmbedder {
  const calls: (readonly string[])[] = [];
  return {
    model: "fake@1",
    dimensions: 64,
    fault: null,
    calls,
    async identify() {
      return this.model;
    },
    async embed(texts) {
      calls.push(texts);
      const { fault } = this;
      this.fault = null;
      return fault === null ? texts.map((text) => vectorOf(text, this.dimensions)) : fault(texts);
    },
  };
}
