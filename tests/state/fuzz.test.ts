import { exportBytes, openTestStore, teach } from "@timmy/memory/testing/state-agent";
import { createRandom } from "@timmy/shared/ports/random";
import { expect, it } from "vitest";
import { checkBytes, placesOf } from "./checked-bytes.ts";

const inputs = 100_000;
const slowMs = 50;
const seed = 31;
/** What parsers stumble over. */
const pieces = [
  "\n",
  "{",
  "}",
  "[",
  "]",
  '"',
  "\\",
  ",",
  ":",
  "null",
  "1e309",
  "-0",
  "9".repeat(400),
  "\\ud800",
  '"__proto__":{"a":1}',
  '"section":"',
  '"kind":"footer"',
  "[".repeat(2000),
  '{"a":'.repeat(500),
  "\u0000",
  "\ufeff",
  "é",
  "😀",
  "timmy.state/999999",
  '"bytes":1e15',
  '"constructor":1',
];

/** The time that an input takes when nothing else has the processor: the best of three. */
function timeOf(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3 && best > slowMs; k++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

it(`survives ${inputs} inputs, none of which takes more than ${slowMs} ms (seed ${seed})`, async () => {
  const { store } = openTestStore(seed);
  teach(store, 4, 1, 60);
  const file = await exportBytes(store);
  const places = placesOf(file);
  const random = createRandom(seed).stream("fuzz");
  const below = (n: number) => Math.floor(random.uniform() * n);
  let worstMs = 0;
  let whole = 0;
  for (let n = 0; n < inputs; n++) {
    // One line of the file, often its first, so that most of the work is at the damage.
    const line = places[n % 3 === 0 ? 0 : below(places.length)];
    const text = Buffer.from(file.subarray(n % 2 === 0 ? 0 : line?.start, line?.end));
    let changed: Buffer = text;
    for (let k = below(4); k >= 0; k--) {
      const at = below(changed.length + 1);
      const cut = below(4) === 0 ? below(30) : below(2);
      const piece =
        below(2) === 0
          ? Buffer.from([below(256)])
          : Buffer.from(pieces[below(pieces.length)] ?? "");
      changed = Buffer.concat([changed.subarray(0, at), piece, changed.subarray(at + cut)]);
    }
    const ms = timeOf(() => {
      if (checkBytes(changed).ok && !changed.equals(file)) whole++;
    });
    if (ms > slowMs) throw new Error(`input ${n} of seed ${seed} takes ${ms} ms`);
    worstMs = Math.max(worstMs, ms);
  }
  expect(worstMs).toBeLessThan(slowMs);
  expect(whole).toBe(0);
}, 240_000);
