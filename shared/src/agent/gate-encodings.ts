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

/** What one character is folded to; empty when it is no letter and no digit. */
function foldChar(char: string): string {
  let folded = "";
  for (const part of char.normalize("NFKD").toLowerCase()) {
    folded += lookalikes.get(part) ?? (/[\p{L}\p{N}]/u.test(part) ? part : "");
  }
  return folded;
}
const ascii = Array.from({ length: 128 }, (_, code) => foldChar(String.fromCharCode(code)));

/** Letters and digits alone, without case, accents, gaps, invisible or look-alike forms. */
export function foldLetters(text: string): string {
  let folded = "";
  for (const char of text) folded += ascii[char.charCodeAt(0)] ?? foldChar(char);
  return folded;
}

/** Unprintable bytes stay as marks: they must not join what stands on both sides of them. */
const printable = (codes: readonly number[]): string =>
  codes.map((code) => (code >= 32 && code < 127 ? String.fromCharCode(code) : "\0")).join("");

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

/** Runs of one alphabet, all read from each place in a group where the hidden text may begin. */
function openRuns(text: string, run: RegExp, offsets: number, open: (run: string) => string) {
  const runs = text.match(run) ?? [];
  if (runs.length === 0) return [];
  return Array.from({ length: offsets }, (_, k) =>
    runs.map((found) => open(found.slice(k))).join("\0"),
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
    .replace(/(?:%|\\x|\\u00|=)([0-9a-f]{2})/gi, (_, hex: string) =>
      printable([Number.parseInt(hex, 16)]),
    )
    .replace(/&#x([0-9a-f]{2});/gi, (_, hex: string) => printable([Number.parseInt(hex, 16)]))
    .replace(/&#(\d{2,3});/g, (_, code: string) => printable([Number(code)]));

/** Numbers in a row, as the characters that they may stand for. */
function fromNumbers(text: string, found: RegExp, base: number): string {
  return printable((text.match(found) ?? []).map((digits) => Number.parseInt(digits, base)));
}

/** Whether a text may hide anything at all: what is decoded from prose is mostly noise. */
const mayHide = (text: string) =>
  /[\w+/%\\&#;=-](?:[\s\p{Cf}]*[\w+/%\\&#;=-]){7}/u.test(text) || /\d{2,3}\D/.test(text);

/**
 * What a text may hide, one encoding opened: escapes, hex, base64, base32, codes. One text for each
 * encoding and offset, however many runs there are: padding does not use the scan up.
 */
function openOnce(text: string): readonly string[] {
  if (!mayHide(text)) return [];
  const tight = text.replace(/[\s\p{Cf}]+/gu, "");
  const hex = text.replace(/0x|[\s:,_-]+/gi, "");
  const url = tight.replaceAll("-", "+").replaceAll("_", "/");
  const plain = unescapeForms(text);
  return [
    ...(plain === text ? [] : [plain]),
    ...openRuns(hex, /[0-9a-f]{8,}/gi, 2, (run) =>
      printable((run.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))),
    ),
    ...openRuns(url, /[A-Za-z0-9+/]{8,}/g, 4, (run) => fromDigits(run, alphabet, 6)),
    ...openRuns(tight.toUpperCase(), /[A-Z2-7]{8,}/g, 8, (run) => fromDigits(run, base32, 5)),
    fromNumbers(text, /(?<!\d)\d{2,3}(?!\d)/g, 10),
    fromNumbers(text, /(?<![01])[01]{7,8}(?![01])/g, 2),
  ];
}

/**
 * A text and what may be hidden in it, also encodings inside of encodings; null when there is more
 * than may be looked through. What is turned round or rotated inside of an encoding is found by
 * `encodedForms` of the secret instead.
 */
export function hiddenTexts(text: string): readonly string[] | null {
  const letters = 6;
  let level: readonly string[] = [text, [...text].reverse().join(""), rotate(text)];
  const found = [...level];
  for (let depth = 0; depth < gateLimits.scanDepth && level.length > 0; depth++) {
    level = level.flatMap((one) =>
      openOnce(one).filter((inner) => foldLetters(inner).length >= letters),
    );
    found.push(...level);
    if (found.length > gateLimits.scanTexts) return null;
  }
  return found;
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
