import { createRandom, type Random } from "@timmy/shared/ports/random";

/** A stream of chance whose place can be kept and found again. */
export interface ReplayRandom extends Pick<Random, "uniform" | "normal"> {
  drawn(): number;
  /** Goes to the place after that many draws; costs one draw each. */
  seek(draws: number): void;
}

const drawsPerNormal = 12;

/** The named stream of a seed, as `createRandom(seed).stream(name)` gives it. */
export function createReplayRandom(seed: number, name: string): ReplayRandom {
  let stream = createRandom(seed).stream(name);
  let count = 0;
  return {
    uniform() {
      count++;
      return stream.uniform();
    },
    normal() {
      count += drawsPerNormal;
      return stream.normal();
    },
    drawn: () => count,
    seek(draws) {
      stream = createRandom(seed).stream(name);
      for (let i = 0; i < draws; i++) stream.uniform();
      count = draws;
    },
  };
}
