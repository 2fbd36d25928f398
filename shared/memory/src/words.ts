/**
 * Scripts that are written without spaces, or with endings that hide the word: their runs are cut into
 * single characters and pairs, so that a part of a run is found.
 */
const runPattern =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u30fc\u3005]+/gu;
const wordPattern = /[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu;
const pictograph = /^\p{Extended_Pictographic}$/u;

/** Raised when the same text gives other words: stores then index theirs again. */
export const wordsVersion = 1;

/** Lower case, compatible forms made one, and the accents of European scripts dropped. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]+/gu, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\u0307/gu, "");
}

function cutRun(run: string, forQuery: boolean): string[] {
  const characters = [...run];
  const pairs = characters.slice(1).map((next, k) => `${characters[k] ?? ""}${next}`);
  if (!forQuery) return [...characters, ...pairs];
  return pairs.length > 0 ? pairs : characters;
}

function cut(folded: string, forQuery: boolean): string[] {
  const words: string[] = [];
  for (const [word] of folded.matchAll(wordPattern)) {
    if (pictograph.test(word)) {
      // A symbol is no word to FTS5; its number is.
      words.push(`emoji${(word.codePointAt(0) ?? 0).toString(16)}`);
      continue;
    }
    let end = 0;
    for (const { 0: run, index } of word.matchAll(runPattern)) {
      if (index > end) words.push(word.slice(end, index));
      words.push(...cutRun(run, forQuery));
      end = index + run.length;
    }
    if (end < word.length) words.push(word.slice(end));
  }
  return words;
}

/** What is indexed of a text: its words with a space between. */
export const indexedWords = (text: string): string => cut(fold(text), false).join(" ");

/**
 * The different words of a query's beginning, in the order in which they stand; any text is a query.
 * Folding can make a text 18 times as long, so it is cut before and after.
 */
export function queryWords(query: string, limit: number, chars: number): readonly string[] {
  const folded = fold(query.slice(0, chars)).slice(0, chars);
  return [...new Set(cut(folded, true))].slice(0, limit);
}
