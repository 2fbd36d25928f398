import { createIds } from "@timmy/shared/ids";
import type { Random } from "@timmy/shared/ports/random";
import type { Clock } from "@timmy/shared/ports/time";
import type { StorePorts } from "./store-context.ts";

/** Ports of a store in a world with a seed, whose keys are the seed's too; for no real agent. */
export function createSeededPorts(clock: Pick<Clock, "wallMs">, random: Random): StorePorts {
  const bytes = random.stream("store bytes");
  return {
    clock,
    makeId: createIds(clock, random.stream("store ids")),
    randomBytes: (count) =>
      Uint8Array.from({ length: count }, () => Math.floor(bytes.uniform() * 256)),
  };
}
