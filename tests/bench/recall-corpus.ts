import type { Random } from "@timmy/shared/ports/random";

/** Raised when the same seed gives other texts: kept files are then made again. */
export const corpusVersion = 2;

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

/** Planted among the rest: the words that only this memory has together. */
export interface Planted {
  readonly text: string;
  readonly words: readonly string[];
}
export interface Corpus {
  /** A memory of 12 to 24 words. */
  memory(): string;
  /** A memory to be found again: 8 words of some weight among 6 common ones. */
  plant(): Planted;
  /** 12 words: 3 of the planted one's weighty ones, 6 common ones, 3 that are of other memories. */
  queryFor(planted: Planted): string;
}

const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

/** Words by chance, out of one stream. */
function createPicker(random: Random, vocabulary: readonly string[], sums: readonly number[]) {
  const total = sums.at(-1) ?? 0;
  const between = (from: number, to: number) => from + Math.floor(random.uniform() * (to - from));
  const ranked = (from: number, to: number) => vocabulary[between(from, to)] ?? "";
  return {
    between,
    ranked,
    common: () => ranked(0, 100),
    /** By its frequency. */
    anyWord(): string {
      const wanted = random.uniform() * total;
      let [low, high] = [0, words - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? 0) < wanted) low = middle + 1;
        else high = middle;
      }
      return vocabulary[low] ?? "";
    },
    shuffle: <T>(list: readonly T[]): T[] =>
      list
        .map((item) => ({ item, key: random.uniform() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item),
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
  return {
    memory: () => times(told.between(12, 25), told.anyWord).join(" "),
    plant() {
      const heavy = times(8, () => planting.ranked(200, 8000));
      const text = planting.shuffle([...heavy, ...times(6, planting.common)]).join(" ");
      return { text, words: heavy };
    },
    queryFor: (planted) =>
      asked
        .shuffle([
          ...asked.shuffle(planted.words).slice(0, 3),
          ...times(6, asked.common),
          ...times(3, asked.anyWord),
        ])
        .join(" "),
  };
}
