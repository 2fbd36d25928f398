import { wordsOf } from "./words.ts";

/**
 * Words that mean "stop" wherever they stand alone, folded as `foldWord` does. They never go to a
 * model and are never corrected from a typo, so what stands here is what stops.
 */
const alone = new Set(
  [
    ["stop", "stopp", "halt", "freeze", "whoa", "woah", "estop", "abort", "cancel"],
    ["alto", "detente", "pare", "para", "parar", "arrete", "arretez", "ferma", "fermati", "fermo"],
    ["anhalten", "stehenbleiben", "stoppa", "stanna", "stans", "stoppe", "seis", "stoj"],
    ["\u0441\u0442\u043e\u043f", "\u0441\u0442\u043e\u0439", "\u0441\u0442\u0456\u0439", "dur"],
    ["\u505c", "\u505c\u4e0b", "\u505c\u6b62", "\u7acb\u5373\u505c\u6b62", "\u6b62\u307e\u308c"],
    ["\u6b62\u307e\u3063\u3066", "\u3068\u307e\u308c", "\u30b9\u30c8\u30c3\u30d7"],
    ["\uba48\ucdb0", "\uc815\uc9c0", "\u0642\u0641", "\u0930\u0941\u0915\u094b"],
  ]
    .flat()
    .flatMap((word) => wordsOf(word)),
);

/** Stop phrases of more than one word. */
const phrases: readonly (readonly string[])[] = [
  ["emergency", "stop"],
  ["e", "stop"],
  ["stop", "moving"],
  ["stop", "driving"],
  ["stop", "there"],
  ["stop", "it"],
  ["stop", "that"],
  ["stop", "here"],
  ["stand", "still"],
  ["hold", "still"],
  ["hold", "it"],
  ["stay", "put"],
  ["stay", "there"],
  ["don't", "move"],
  ["dont", "move"],
  ["do", "not", "move"],
];

const around = new Set(
  [
    "please",
    "timmy",
    "robot",
    "now",
    "right",
    "immediately",
    "hey",
    "ok",
    "okay",
    "oh",
    "no",
    "just",
  ].concat(["at", "once", "i", "said", "must", "thanks", "and", "there"]),
);
/** Of those around it, the words that mean something else when they stand before the stop. */
const onlyAfter = new Set(["and", "at", "once", "there"]);

/** How many words from `at` on are one stop word or stop phrase; 0 when there is none. */
export function stopLength(words: readonly string[], at: number): number {
  for (const phrase of phrases) {
    if (phrase.every((word, i) => words[at + i] === word)) return phrase.length;
  }
  const word = words[at] ?? "";
  // "stooop" and "STOPPP" are how people type it when it matters.
  return alone.has(word) || /^s+t+o+p+$/.test(word) ? 1 : 0;
}

/** Whether the whole instruction says nothing but stop, in any of the known languages. */
export function isStopWord(text: string): boolean {
  const words = wordsOf(text.toWellFormed());
  let stops = 0;
  for (let i = 0; i < words.length; ) {
    const length = stopLength(words, i);
    const word = words[i] ?? "";
    if (length > 0) stops++;
    else if (!around.has(word) || (stops === 0 && onlyAfter.has(word))) return false;
    i += Math.max(1, length);
  }
  return stops > 0;
}
