import { exportBytes, openTestStore, teach } from "@timmy/memory/testing/state-agent";
import { createRandom } from "@timmy/shared/ports/random";
import { beforeAll, describe, expect, it } from "vitest";
import { findMissedFlips } from "./bit-flips.ts";
import { checkBytes, placesOf } from "./checked-bytes.ts";

let file: Buffer = Buffer.alloc(0);
let places: ReturnType<typeof placesOf> = [];
let other: Buffer = Buffer.alloc(0);

beforeAll(async () => {
  const { store } = openTestStore(7);
  teach(store, 70, 2, 1500);
  file = await exportBytes(store, { requires: ["speak", "move"] });
  places = placesOf(file);
  const { store: second } = openTestStore(8);
  teach(second, 60, 2, 1500);
  other = await exportBytes(second);
});

describe("a state file of 20 kB", () => {
  it("is whole as it was written", () => {
    expect(file.length).toBeGreaterThan(18_000);
    expect(file.length).toBeLessThan(24_000);
    expect(checkBytes(file)).toMatchObject({ ok: true });
  });
  it("is refused with a bit of any byte flipped, and the section is named", () => {
    // One bit of each byte here; `npm run trial -- state-damage` flips all of them.
    expect(findMissedFlips(file, (offset) => [offset % 8]).slice(0, 10)).toEqual([]);
  });
  it("is refused cut off at any byte, and the line is named", () => {
    const wrong: string[] = [];
    for (let length = 0; length < file.length; length++) {
      const answer = checkBytes(file.subarray(0, length));
      if (answer.ok || !/^In [a-z-]+, line \d+: .+\.$/.test(answer.sentence)) {
        wrong.push(`${length}: ${JSON.stringify(answer)}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });
  it("is refused after each of 1,000 splices of lines and bytes, its own or another's", () => {
    const seed = 20;
    const random = createRandom(seed).stream("splices");
    const below = (n: number) => Math.floor(random.uniform() * n);
    const wrong: string[] = [];
    for (let n = 0; n < 1000; n++) {
      const from = n % 2 === 0 ? file : other;
      const [a, b] = n % 3 === 0 ? bytesOf(from, below) : linesOf(from, below);
      const at = n % 3 === 0 ? below(file.length) : (places[below(places.length)]?.start ?? 0);
      const drop = n % 4 === 0 ? b - a : 0;
      const spliced = Buffer.concat([
        file.subarray(0, at),
        from.subarray(a, b),
        file.subarray(Math.min(file.length, at + drop)),
      ]);
      if (spliced.equals(file)) continue;
      const answer = checkBytes(spliced);
      if (answer.ok || !/^In [^ ]+, line \d+: .+\.$/.test(answer.sentence)) {
        wrong.push(`splice ${n}, seed ${seed}: ${JSON.stringify(answer)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function bytesOf(from: Buffer, below: (n: number) => number): [number, number] {
  const a = below(from.length);
  return [a, Math.min(from.length, a + 1 + below(400))];
}
function linesOf(from: Buffer, below: (n: number) => number): [number, number] {
  const all = placesOf(from);
  const a = below(all.length);
  const b = Math.min(all.length - 1, a + below(5));
  return [all[a]?.start ?? 0, all[b]?.end ?? from.length];
}
