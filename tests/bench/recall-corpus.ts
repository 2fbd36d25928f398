import type { Random } from "@timmy/shared/ports/random";

/** Raised when the same seed gives other texts: kept files are then made again. */
export const corpusVersion = 1;

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
  /** 12 words: 4 of the planted one, 6 common ones, 2 that are not in it. */
  queryFor(planted: Planted): string;
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

  const pick = (from: number, to: number) => from + Math.floor(random.uniform() * (to - from));
  const at = (rank: number) => vocabulary[rank] ?? "";
  function anyWord(): string {
    const wanted = random.uniform() * total;
    let [low, high] = [0, words - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return at(low);
  }
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  const common = () => at(pick(0, 100));
  function shuffle<T>(list: readonly T[]): T[] {
    return list
      .map((item) => ({ item, key: random.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }
  return {
    memory: () => times(pick(12, 25), anyWord).join(" "),
    plant() {
      const heavy = times(8, () => at(pick(200, 8000)));
      return { text: shuffle([...heavy, ...times(6, common)]).join(" "), words: heavy };
    },
    queryFor: (planted) =>
      shuffle([
        ...shuffle(planted.words).slice(0, 4),
        ...times(6, common),
        anyWord(),
        anyWord(),
      ]).join(" "),
  };
}
