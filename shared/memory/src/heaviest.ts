/** The memories that hold one word of a question, and what the word weighs. */
export interface Postings {
  /** Ascending. */
  readonly seqs: readonly number[];
  /** Above 0. */
  readonly weight: number;
}

/** Memories, ascending, and the weight that each has gathered; typed arrays, because of speed. */
interface Gathered {
  readonly seqs: Float64Array;
  readonly weights: Float64Array;
}

const create = (length: number): Gathered => ({
  seqs: new Float64Array(length),
  weights: new Float64Array(length),
});

function add(gathered: Gathered, { seqs, weight }: Postings): Gathered {
  const { length } = gathered.seqs;
  const sum = create(length + seqs.length);
  let [from, at, to] = [0, 0, 0];
  while (from < length || at < seqs.length) {
    const left = from < length ? (gathered.seqs[from] ?? 0) : Number.POSITIVE_INFINITY;
    const right = at < seqs.length ? (seqs[at] ?? 0) : Number.POSITIVE_INFINITY;
    let gained = 0;
    if (left <= right) gained = gathered.weights[from++] ?? 0;
    if (right <= left) {
      gained += weight;
      at++;
    }
    sum.seqs[to] = Math.min(left, right);
    sum.weights[to++] = gained;
  }
  return { seqs: sum.seqs.subarray(0, to), weights: sum.weights.subarray(0, to) };
}

/** The weight of the one at this place; 0 when there are fewer. */
function weightAt(place: number, weights: Float64Array): number {
  let heavy: number[] = [];
  let least = 0;
  const trim = () => {
    heavy = heavy.sort((a, b) => b - a).slice(0, place);
    least = heavy[place - 1] ?? 0;
  };
  for (const weight of weights) {
    if (weight > least && heavy.push(weight) === 4 * place) trim();
  }
  trim();
  return least;
}

/**
 * The `count` memories that gather the most weight, ascending, and those that weigh as much as the
 * last of them. When these make more than `most`, only those that weigh more; maybe none.
 */
export function heaviest(lists: readonly Postings[], count: number, most: number): number[] {
  const { seqs, weights } = lists.reduce(add, create(0));
  const least = weightAt(count, weights);
  const from = (fits: (weight: number) => boolean) =>
    Array.from(seqs.filter((_, at) => fits(weights[at] ?? 0)));
  const heavy = from((weight) => weight >= least);
  return heavy.length > most ? from((weight) => weight > least) : heavy;
}
