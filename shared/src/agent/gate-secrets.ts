import { foldLetters, hiddenTexts } from "./gate-encodings.ts";

/** Finds secrets in what would go out; it never tells which. */
export interface SecretScanner {
  find(text: string): boolean;
}

/** Letters that a secret needs at least: a shorter one would be found in every second sentence. */
const leastLetters = 6;
/** Letters in a row that give a secret away: of one with digits, and of one made of words. */
const pieceOfToken = 8;
const pieceOfWords = 14;

/**
 * Scans for whole secrets and for long pieces of them, in every usual encoding. `secrets` are the
 * configured ones and planted canaries; the scanner holds only folded pieces.
 */
export function createSecretScanner(secrets: readonly string[]): SecretScanner {
  const bySize = new Map<number, Set<string>>();
  for (const secret of secrets) {
    const folded = foldLetters(secret);
    if (folded.length < leastLetters) continue;
    const piece = /\d/.test(secret) ? pieceOfToken : pieceOfWords;
    const size = Math.min(piece, folded.length);
    const pieces = bySize.get(size) ?? new Set<string>();
    for (let at = 0; at + size <= folded.length; at++) pieces.add(folded.slice(at, at + size));
    bySize.set(size, pieces);
  }
  const holds = (folded: string) =>
    [...bySize].some(([size, pieces]) => {
      for (let at = 0; at + size <= folded.length; at++) {
        if (pieces.has(folded.slice(at, at + size))) return true;
      }
      return false;
    });
  return {
    find(text) {
      if (bySize.size === 0) return false;
      for (const hidden of hiddenTexts(text)) if (holds(foldLetters(hidden))) return true;
      return false;
    },
  };
}
