import { gateLimits } from "./gate-limits.ts";

/** Letters of other scripts that look like Latin ones, after Unicode TR39's confusables. */
const lookalikes = new Map(
  [
    ["\u0430\u03b1\u0251", "a"],
    ["\u0432\u03b2", "b"],
    ["\u0441\u03f2\u1d04", "c"],
    ["\u0501\u217e", "d"],
    ["\u0435\u0451\u03b5\u212e", "e"],
    ["\u0581\u0261", "g"],
    ["\u04bb\u043d\u0570", "h"],
    ["\u0456\u03b9\u0131\u0406l1|\u0627\u05d5\u01c0i", "l"],
    ["\u0458\u03f3", "j"],
    ["\u043a\u03ba", "k"],
    ["\u043c\u217f", "m"],
    ["\u043f\u03b7\u0578", "n"],
    ["\u043e\u03bf\u03c3\u05e1\u0585\u06470", "o"],
    ["\u0440\u03c1", "p"],
    ["\u051b\u0566", "q"],
    ["\u0433", "r"],
    ["\u0455\ua7315$", "s"],
    ["\u0442\u03c47", "t"],
    ["\u03c5\u057d\u1d1c", "u"],
    ["\u03bd\u0475", "v"],
    ["\u0461\u03c9\u051d", "w"],
    ["\u0445\u03c7", "x"],
    ["\u0443\u04af\u03b3", "y"],
    ["\u1d22", "z"],
    ["3", "e"],
    ["4@", "a"],
  ].flatMap(([from = "", to = ""]) => [...from].map((char) => [char, to] as const)),
);

/** Letters and digits alone, without case, accents, gaps, invisible or look-alike forms. */
export function foldLetters(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase();
  let folded = "";
  for (const char of plain) {
    const same = lookalikes.get(char);
    if (same !== undefined) folded += same;
    else if (/[\p{L}\p{N}]/u.test(char)) folded += char;
  }
  return folded;
}

const printable = (codes: readonly number[]): string =>
  codes.map((code) => (code >= 32 && code < 127 ? String.fromCharCode(code) : " ")).join("");

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bits of each character, regrouped to bytes (RFC 4648); what comes after the first `skip` bits. */
function fromDigits(run: string, digits: string, bits: number): string {
  let held = 0;
  let size = 0;
  const bytes: number[] = [];
  for (const char of run) {
    held = ((held << bits) | Math.max(0, digits.indexOf(char))) & 0xffff;
    size += bits;
    if (size < 8) continue;
    size -= 8;
    bytes.push((held >> size) & 0xff);
  }
  return printable(bytes);
}

/** Runs of one alphabet, read from each place in a group where the hidden text may begin. */
function openRuns(text: string, run: RegExp, offsets: number, open: (run: string) => string) {
  return (text.match(run) ?? []).flatMap((found) =>
    Array.from({ length: offsets }, (_, k) => open(found.slice(k))),
  );
}

const rotate = (text: string) =>
  text.replace(/[a-z]/gi, (char) => {
    const base = char <= "Z" ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });

/** Percent, `\x`, `\u` and `&#` forms of single characters, back to the characters. */
const unescapeForms = (text: string) =>
  text
    .replace(/(?:%|\\x|\\u00|=)([0-9a-f]{2})/gi, (_, hex: string) => printable([parseInt(hex, 16)]))
    .replace(/&#x([0-9a-f]{2});/gi, (_, hex: string) => printable([parseInt(hex, 16)]))
    .replace(/&#(\d{2,3});/g, (_, code: string) => printable([Number(code)]));

/** Numbers in a row, as the characters that they may stand for. */
function fromNumbers(text: string, found: RegExp, base: number): string {
  return printable((text.match(found) ?? []).map((digits) => parseInt(digits, base)));
}

/** What a text may hide, one encoding opened: reversed, rot13, escapes, hex, base32, base64, codes. */
function openOnce(text: string): readonly string[] {
  const tight = text.replace(/[\s\p{Cf}]+/gu, "");
  const hex = text.replace(/0x|[\s:,_-]+/gi, "");
  const url = tight.replaceAll("-", "+").replaceAll("_", "/");
  return [
    [...text].reverse().join(""),
    rotate(text),
    unescapeForms(text),
    ...openRuns(hex, /[0-9a-f]{8,}/gi, 2, (run) =>
      printable((run.match(/../g) ?? []).map((pair) => parseInt(pair, 16))),
    ),
    ...openRuns(url, /[A-Za-z0-9+/]{8,}/g, 4, (run) => fromDigits(run, alphabet, 6)),
    ...openRuns(tight.toUpperCase(), /[A-Z2-7]{8,}/g, 8, (run) => fromDigits(run, base32, 5)),
    fromNumbers(text, /(?<!\d)\d{2,3}(?!\d)/g, 10),
    fromNumbers(text, /(?<![01])[01]{7,8}(?![01])/g, 2),
  ];
}

/** A text and what may be hidden in it, also encodings inside of encodings; bounded. */
export function* hiddenTexts(text: string): IterableIterator<string> {
  let level: readonly string[] = [text];
  const seen = new Set<string>();
  for (let depth = 0; depth <= gateLimits.scanDepth; depth++) {
    const next: string[] = [];
    for (const one of level) {
      if (seen.has(one) || seen.size >= gateLimits.scanTexts) continue;
      seen.add(one);
      yield one;
      // A short remainder hides nothing, and each level multiplies them.
      if (depth < gateLimits.scanDepth) {
        next.push(...openOnce(one).filter((inner) => foldLetters(inner).length >= 6));
      }
    }
    level = next;
  }
}

/** Bytes as digits of an alphabet (RFC 4648), without padding. */
function toDigits(text: string, digits: string, bits: number): string {
  const all = [...new TextEncoder().encode(text)]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  return (all.match(new RegExp(`.{1,${bits}}`, "g")) ?? [])
    .map((group) => digits[Number.parseInt(group.padEnd(bits, "0"), 2)])
    .join("");
}

/** How a secret may be told piece by piece: hex, base64 and base32 from each offset, and more. */
export function encodedForms(secret: string): readonly string[] {
  const bytes = [...new TextEncoder().encode(secret)];
  const shifted = (bits: number, digits: string, offsets: number) =>
    Array.from({ length: offsets }, (_, k) =>
      // What the bytes before it decide of the first digits says nothing, and is left out.
      toDigits(" ".repeat(k) + secret, digits, bits).slice(Math.ceil((k * 8) / bits)),
    );
  return [
    [...secret].reverse().join(""),
    rotate(secret),
    bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    bytes.join(""),
    ...shifted(6, alphabet, 3),
    ...shifted(5, base32, 5),
  ];
}
