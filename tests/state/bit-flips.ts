import { checkBytes, placesOf } from "./checked-bytes.ts";

type Place = ReturnType<typeof placesOf>[number];

/**
 * Whether the refusal of a flip says where it is. A flip may join two lines, and one in a section's
 * name makes another name: then the neighbour or that name is said.
 */
function isNamed(file: Buffer, places: readonly Place[], k: number, offset: number, said: string) {
  const around = [places[k - 1], places[k], places[k + 1]].map((place) => place?.section);
  if (around.includes(said)) return true;
  const start = places[k]?.start ?? 0;
  const line = file.toString("latin1", start, places[k]?.end);
  return offset >= start + line.indexOf('"section":"');
}

/** Flips bits of a whole file, one at a time; answers those that passed or were not placed. */
export function findMissedFlips(
  file: Buffer,
  bitsOf: (offset: number) => readonly number[],
): readonly string[] {
  const places = placesOf(file);
  const missed: string[] = [];
  let k = 0;
  for (let offset = 0; offset < file.length; offset++) {
    while (offset >= (places[k]?.end ?? Number.POSITIVE_INFINITY)) k++;
    for (const bit of bitsOf(offset)) {
      const changed = Buffer.from(file);
      changed[offset] = (file[offset] ?? 0) ^ (1 << bit);
      const answer = checkBytes(changed);
      if (answer.ok) missed.push(`bit ${bit} of byte ${offset} passes`);
      else if (!isNamed(file, places, k, offset, answer.section)) {
        missed.push(`bit ${bit} of byte ${offset}: ${answer.sentence}`);
      }
    }
  }
  return missed;
}
