import { exportBytes, openTestStore, teach } from "@timmy/memory/testing/state-agent";
import { findMissedFlips } from "../state/bit-flips.ts";
import type { Trial } from "./trial.ts";

/** Every bit of a state file of 20 kB: n is how many of the eight bits of each byte. */
export const trial: Trial = {
  title: "A state file with one bit flipped is refused, and the section is named",
  defaultN: 8,
  async run({ n, seed, plant }) {
    const { store } = openTestStore(seed);
    teach(store, 70, 2, 1500);
    const file = await exportBytes(store, { requires: ["speak", "move"] });
    const bits = [...Array(Math.min(8, n)).keys()];
    // The fault: one byte is not looked at, as if a check were missing.
    const missed = plant
      ? findMissedFlips(file, () => [8])
      : findMissedFlips(file, (offset) => (n >= 8 ? bits : bits.map((bit) => (bit + offset) % 8)));
    for (const one of missed.slice(0, 5)) console.error(`  ${one}`);
    const flips = file.length * bits.length;
    return {
      pass: missed.length === 0,
      figures: { bytes: file.length, flips, missed: missed.length },
    };
  },
};
