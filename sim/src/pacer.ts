import { debtLimitMs, debtPerTurnMs } from "./limits.ts";

/** How many milliseconds of simulated time are due; pure, the wall clock is its input. */
export interface Pacer {
  due(nowMs: number): number;
  /** Simulated milliseconds that were forgotten because the machine was too slow. */
  droppedMs(): number;
}

/** Follows the wall clock at `speed` times its pace; the limits count in wall time. */
export function createPacer(speed: number, startMs: number): Pacer {
  const perTurn = debtPerTurnMs * Math.max(1, speed);
  const limit = debtLimitMs * Math.max(1, speed);
  let lastMs = startMs;
  let owed = 0;
  let dropped = 0;
  return {
    due(nowMs) {
      owed += Math.max(0, nowMs - lastMs) * speed;
      lastMs = nowMs;
      if (owed > limit) {
        dropped += owed - limit;
        owed = limit;
      }
      const steps = Math.floor(Math.min(owed, perTurn));
      owed -= steps;
      return steps;
    },
    droppedMs: () => Math.round(dropped),
  };
}
