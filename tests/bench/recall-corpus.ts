import type { Random } from "@timmy/shared/ports/random";

/** Raised when the same seed gives other texts: kept files are then made again. */
export const corpusVersion = 4;

const words = 30_000;
const syllables = "ba de fi go hu ka le mi no pu ra se ti vo wu ya ze cho sha pli tra gro".split(
  " ",
);

/** A made-up word for each rank; the same rank is the same word. */
function wordOf(rank: number): string {
  let text = "";
  for (let left = rank + syllables.length; left > 0; left = Math.floor(left / syllables.length)) {
    text += syllables[left % syllables.length] ?? "";
  }
  return text;
}

/** Planted among the rest, to be found again. */
export interface Planted {
  readonly text: string;
  /** Its words of some weight, and its everyday words. */
  readonly weighty: readonly string[];
  readonly common: readonly string[];
  /** Others about the same: each has half of both. */
  readonly siblings: readonly string[];
}

/**
 * How a person asks for a memory: how many words of a question are the memory's own, weighty or
 * everyday ones, and how many are of something else: everyday ones, any, or very rare ones.
 */
export interface Mix {
  readonly name: string;
  readonly weighty: number;
  readonly common: number;
  readonly otherCommon: number;
  readonly otherAny: number;
  readonly otherRare: number;
}
const mix = (name: string, own: readonly [number, number], other: readonly number[]): Mix => {
  const [otherCommon = 0, otherAny = 0, otherRare = 0] = other;
  return { name, weighty: own[0], common: own[1], otherCommon, otherAny, otherRare };
};

export const mixes: readonly Mix[] = [
  mix("sentence", [3, 0], [6, 3, 0]),
  mix("three-words", [3, 0], [0, 0, 0]),
  mix("among-rarer-words", [3, 1], [4, 0, 4]),
  mix("one-name", [1, 4], [4, 1, 0]),
  mix("everyday-words", [0, 6], [3, 0, 0]),
  mix("long", [5, 3], [12, 12, 0]),
];

export interface Corpus {
  /** A memory of 12 to 24 words. */
  memory(): string;
  /** A memory of 8 words of some weight and 6 everyday ones. */
  plant(): Planted;
  queryFor(planted: Planted, mix: Mix): string;
}

const siblingsOfEach = 4;
/** The ranks below this one are everyday words: each is in 1.6 % of the memories or more. */
const commonRanks = 100;

const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

/** Words by chance, out of one stream. */
function createPicker(random: Random, vocabulary: readonly string[], sums: readonly number[]) {
  const total = sums.at(-1) ?? 0;
  const between = (from: number, to: number) => from + Math.floor(random.uniform() * (to - from));
  const ranked = (from: number, to: number) => vocabulary[between(from, to)] ?? "";
  /** By its frequency, among the words from a rank on. */
  function wordFrom(rank: number): string {
    const least = rank === 0 ? 0 : (sums[rank - 1] ?? 0);
    const wanted = least + random.uniform() * (total - least);
    let [low, high] = [rank, words - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return vocabulary[low] ?? "";
  }
  function different(count: number, make: () => string): string[] {
    const found = new Set<string>();
    while (found.size < count) found.add(make());
    return [...found];
  }
  const shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, key: random.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  return {
    between,
    different,
    shuffle,
    some: <T>(list: readonly T[], count: number) => shuffle(list).slice(0, count),
    anyWord: () => wordFrom(0),
    weighty: () => wordFrom(commonRanks),
    common: () => ranked(0, commonRanks),
    rare: () => ranked(words >> 2, words),
  };
}

/** Texts whose words follow Zipf's law (rank times frequency is constant), as spoken ones do. */
export function createCorpus(random: Random): Corpus {
  const vocabulary = Array.from({ length: words }, (_, rank) => wordOf(rank));
  const sums: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= words; rank++) {
    total += 1 / rank;
    sums.push(total);
  }

  // Streams of their own: other questions leave the memories what they are.
  const picker = (name: string) => createPicker(random.stream(name), vocabulary, sums);
  const [told, planting, asked] = [picker("memories"), picker("plants"), picker("questions")];
  const plantText = (weighty: readonly string[], common: readonly string[]) =>
    planting.shuffle([...weighty, ...common]).join(" ");
  return {
    memory: () => times(told.between(12, 25), told.anyWord).join(" "),
    plant() {
      const weighty = planting.different(8, planting.weighty);
      const common = planting.different(6, planting.common);
      const siblings = times(siblingsOfEach, () =>
        plantText(
          [...planting.some(weighty, 4), ...times(4, planting.weighty)],
          [...planting.some(common, 3), ...times(3, planting.common)],
        ),
      );
      return { text: plantText(weighty, common), weighty, common, siblings };
    },
    queryFor: (planted, wanted) =>
      asked
        .shuffle([
          ...asked.some(planted.weighty, wanted.weighty),
          ...asked.some(planted.common, wanted.common),
          ...times(wanted.otherCommon, asked.common),
          ...times(wanted.otherAny, asked.anyWord),
          ...times(wanted.otherRare, asked.rare),
        ])
        .join(" "),
  };
}
