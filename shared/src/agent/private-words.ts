import { leastTrusted } from "./provenance.ts";
import { readConsent, readSpokenMemory } from "./spoken-memory.ts";
import type { Provenance } from "./tim-agent.ts";

/**
 * How far words that came in clear are trusted: a name on the broker is enough to have the robot drive
 * (ADR 15), and not to read its memory, to write it, or to say yes. Those come sealed (ADR 19).
 */
export function rankInClear(text: string, rank: Provenance): Provenance {
  const isPrivate = readConsent(text) !== null || readSpokenMemory(text) !== null;
  return isPrivate ? leastTrusted([rank, "peer"]) : rank;
}
