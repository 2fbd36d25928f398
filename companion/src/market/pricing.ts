import { maxAmountMsat } from "@timmy/shared/money/amount";
import { successFactor, type TrackRecord } from "./learner.ts";
import { maxComplexity } from "./limits.ts";

/** What a price is made of. */
export interface RateInputs {
  /** Units of work, 1 and up. */
  readonly complexity: number;
  readonly ratePerUnitMsat: bigint;
  /** Tasks that wait already. */
  readonly queueDepth: number;
  readonly record: TrackRecord;
  /** What the work costs us: never below. */
  readonly costFloorMsat: bigint;
}

/** Parts per million, so that money is never multiplied by a float. */
const ppm = (factor: number): bigint => BigInt(Math.round(factor * 1e6));

/**
 * base (complexity x rate) x demand (one tenth more for each waiting task) x success (0.5 to 1.5),
 * never below the cost floor. Rises with complexity, demand and success.
 */
export function calculateRate(inputs: RateInputs): bigint {
  const complexity = Math.min(maxComplexity, Math.max(1, Math.ceil(inputs.complexity)));
  const queue = BigInt(Math.max(0, Math.floor(inputs.queueDepth)));
  const base = BigInt(complexity) * inputs.ratePerUnitMsat;
  const rate = (base * (10n + queue) * ppm(successFactor(inputs.record))) / 10n / 1_000_000n;
  let price = rate;
  if (price < inputs.costFloorMsat) price = inputs.costFloorMsat;
  if (price > maxAmountMsat) price = maxAmountMsat;
  return price;
}

/** Units of work in a task, from its length alone: a unit for every twelve words. */
export function complexityOf(task: string): number {
  const words = task.split(/\s+/u).filter((word) => word !== "").length;
  return Math.min(maxComplexity, Math.max(1, Math.ceil(words / 12)));
}
