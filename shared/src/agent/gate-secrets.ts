import { encodedForms, foldLetters, hiddenTexts } from "./gate-encodings.ts";

/** Finds secrets in what would go out; it never tells which. */
export interface SecretScanner {
  /** Whether a secret, or a long piece of one, stands in a text in any usual encoding. */
  find(text: string): boolean;
  /** Whether it comes together from what went out before and what would go out now. */
  findAcross(tail: string, output: string): boolean;
}

/** Letters that a secret needs at least: a shorter one would be found in every second sentence. */
const leastLetters = 6;
/** Letters in a row that give a secret away: of one with digits, of words, of an encoded one. */
const pieceOfToken = 8;
const pieceOfWords = 14;
const pieceOfCode = 16;
/** Small pieces with words between them: their size, and the share of a token that is too much. */
const crumb = 4;
const crumbShare = 0.5;
const leastCrumbled = 12;

function windows(text: string, size: number): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) =>
    text.slice(at, at + size),
  );
}

/** A number for the three letters at a place: which pieces may begin there. */
const beginning = (text: string, at: number): number =>
  ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2)) & 0xffff;

/** Pieces by their length; a text is looked through once, whatever its length. */
class Pieces {
  readonly #bySize = new Map<number, Set<string>>();
  readonly #begins = new Uint8Array(0x10000);
  add(folded: string, most: number): void {
    const size = Math.min(most, folded.length);
    const pieces = this.#bySize.get(size) ?? new Set<string>();
    for (const piece of windows(folded, size)) {
      pieces.add(piece);
      this.#begins[beginning(piece, 0)] = 1;
    }
    this.#bySize.set(size, pieces);
  }
  /** Pieces that end behind `from`. */
  in(folded: string, from = 0): boolean {
    const sizes = [...this.#bySize];
    for (let at = 0; at + leastLetters <= folded.length; at++) {
      if (this.#begins[beginning(folded, at)] === 0) continue;
      for (const [size, pieces] of sizes) {
        if (at + size > from && pieces.has(folded.slice(at, at + size))) return true;
      }
    }
    return false;
  }
}

/** The share of a token whose letters stand in a text as small pieces. */
function crumbsOf(token: string, inside: ReadonlySet<string>): number {
  const covered = new Set<number>();
  for (const [at, piece] of windows(token, crumb).entries()) {
    if (inside.has(piece)) for (let k = 0; k < crumb; k++) covered.add(at + k);
  }
  return covered.size / token.length;
}

/** `secrets` are the configured ones and planted canaries; only folded pieces of them are kept. */
export function createSecretScanner(secrets: readonly string[]): SecretScanner {
  const plain = new Pieces();
  const coded = new Pieces();
  const tokens: string[] = [];
  for (const secret of secrets) {
    const folded = foldLetters(secret);
    if (folded.length < leastLetters) continue;
    const token = /\d/.test(secret);
    plain.add(folded, token ? pieceOfToken : pieceOfWords);
    for (const form of encodedForms(secret)) coded.add(foldLetters(form), pieceOfCode);
    if (token && folded.length >= leastCrumbled) tokens.push(folded);
  }
  return {
    find(text) {
      if (plain.in(foldLetters(text))) return true;
      const hidden = hiddenTexts(text);
      // What cannot be looked through does not go out.
      if (hidden === null) return true;
      return hidden.map(foldLetters).some((folded) => plain.in(folded) || coded.in(folded));
    },
    findAcross(tail, output) {
      const before = foldLetters(tail);
      const after = foldLetters(output);
      const both = before + after;
      if (plain.in(both, before.length) || coded.in(both, before.length)) return true;
      const fresh = new Set(windows(after, crumb));
      const inside = new Set([...windows(before, crumb), ...fresh]);
      return tokens.some(
        (token) => crumbsOf(token, fresh) > 0 && crumbsOf(token, inside) >= crumbShare,
      );
    },
  };
}
