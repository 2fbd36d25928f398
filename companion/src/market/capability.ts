import { maxTaskChars } from "./limits.ts";
import type { Persona } from "./personas.ts";

/** The words of a task, lower case; what is no letter or digit parts them. */
function wordsOf(task: string): readonly string[] {
  return task
    .slice(0, maxTaskChars)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
}

/**
 * How well a task suits a persona by its words, 0 to 1: each stem that begins a word of the task
 * leaves that much less doubt. A guess to start from; the learner moves it by what came of it.
 */
export function capabilityOf(persona: Persona, task: string): number {
  const words = wordsOf(task);
  let doubt = 1;
  for (const [stem, weight] of Object.entries(persona.words)) {
    if (words.some((word) => word.startsWith(stem))) doubt *= 1 - weight;
  }
  return 1 - doubt;
}
