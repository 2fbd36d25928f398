/** A piece of an instruction; `start` and `end` are its place in the text as it was written. */
export interface Token {
  readonly kind: "word" | "quote" | "mark";
  /** A word folded for comparison, the inside of a quote as it is, or a punctuation mark. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Tokens =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly unclosed: string };

const closing: Readonly<Record<string, string>> = {
  '"': '"',
  "\u201c": "\u201d",
  "\u201e": "\u201c",
  "\u00ab": "\u00bb",
  "'": "'",
  "\u2018": "\u2019",
};
const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['\u2019][\p{L}\p{N}\p{M}]+)*/uy;
const letter = /[\p{L}\p{N}\p{M}]/u;

/** Lower case, without accents and look-alike forms: "K\u00dcCHE" and "kuche" are equal. */
export function foldWord(word: string): string {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("\u2019", "'");
}

/** Words of a name such as "living_room" or "Living Room", folded. */
export function wordsOf(name: string): readonly string[] {
  return name.match(/[\p{L}\p{N}\p{M}]+(?:['\u2019][\p{L}\p{N}\p{M}]+)*/gu)?.map(foldWord) ?? [];
}

/** A single quote opens speech only before a word and closes it only behind one: not "don't". */
function closeOf(text: string, at: number, open: string): number {
  const close = closing[open] ?? open;
  const single = close === "'" || close === "\u2019";
  for (let i = text.indexOf(close, at + 1); i !== -1; i = text.indexOf(close, i + 1)) {
    if (!single || !letter.test(text[i + 1] ?? " ")) return i;
  }
  return -1;
}

/** Takes a text apart in one pass; an unclosed quote is an outcome, not a guess. */
export function tokenise(text: string): Tokens {
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i] ?? "";
    if (char in closing && !letter.test(text[i - 1] ?? " ")) {
      const end = closeOf(text, i, char);
      if (end === -1) return { ok: false, unclosed: text.slice(i, i + 40) };
      tokens.push({ kind: "quote", text: text.slice(i + 1, end), start: i, end: end + 1 });
      i = end + 1;
      continue;
    }
    wordPattern.lastIndex = i;
    const word = wordPattern.exec(text)?.[0];
    if (word !== undefined) {
      tokens.push({ kind: "word", text: foldWord(word), start: i, end: i + word.length });
      i += word.length;
      continue;
    }
    if (!/[\s_\-\u2010-\u2015]/u.test(char)) {
      tokens.push({ kind: "mark", text: char, start: i, end: i + 1 });
    }
    i++;
  }
  return { ok: true, tokens };
}

/** Whether two words differ by at most one inserted, lost, changed or swapped letter. */
export function withinOneEdit(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  let tailA = a.length;
  let tailB = b.length;
  while (tailA > i && tailB > i && a[tailA - 1] === b[tailB - 1]) {
    tailA--;
    tailB--;
  }
  const restA = tailA - i;
  const restB = tailB - i;
  if (restA <= 1 && restB <= 1) return true;
  return restA === 2 && restB === 2 && a[i] === b[i + 1] && a[i + 1] === b[i];
}

/** Letters that a word needs before a typo in it is forgiven. */
export const typoLetters = 5;

/** A typo of a known word; numbers are never guessed, "room 2" is not a typo of "room 1". */
export function isTypoOf(word: string, known: string): boolean {
  if (word.length < typoLetters || known.length < typoLetters) return false;
  if (/\p{N}/u.test(word) || /\p{N}/u.test(known)) return word === known;
  return withinOneEdit(word, known);
}
