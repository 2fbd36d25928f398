import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heaviest, type Postings } from "./heaviest.ts";

const lists: readonly Postings[] = [
  { seqs: [7], weight: 5 },
  { seqs: [2, 4, 9], weight: 3 },
  { seqs: [1, 2, 3, 4, 5, 6], weight: 1 },
];

describe("the heaviest memories", () => {
  it("are those that gather the most weight, with all that weigh as much as the last", () => {
    expect(heaviest(lists, 1, 100)).toEqual([7]);
    expect(heaviest(lists, 2, 100)).toEqual([2, 4, 7]);
    expect(heaviest(lists, 4, 100)).toEqual([2, 4, 7, 9]);
    expect(heaviest(lists, 100, 100)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
    expect(heaviest([], 3, 100)).toEqual([]);
  });
  it("are only those that weigh more, when too many weigh the same", () => {
    expect(heaviest(lists, 5, 5)).toEqual([2, 4, 7, 9]);
    expect(heaviest(lists.slice(2), 3, 5)).toEqual([]);
  });
  it("are what sorting all of them finds, however many there are", () => {
    const list = fc
      .record({
        seqs: fc.uniqueArray(fc.nat(300), { maxLength: 200 }),
        weight: fc.integer({ min: 1, max: 9 }),
      })
      .map(({ seqs, weight }) => ({ seqs: seqs.sort((a, b) => a - b), weight }));
    fc.assert(
      fc.property(
        fc.array(list, { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (all, count) => {
          const weights = new Map<number, number>();
          for (const { seqs, weight } of all) {
            for (const seq of seqs) weights.set(seq, (weights.get(seq) ?? 0) + weight);
          }
          const least = [...weights.values()].sort((a, b) => b - a)[count - 1] ?? 0;
          const wanted = [...weights].filter(([, weight]) => weight >= least).map(([seq]) => seq);
          expect(heaviest(all, count, 1000)).toEqual(wanted.sort((a, b) => a - b));
        },
      ),
    );
  });
});
