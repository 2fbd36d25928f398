import { createHash, type Hash } from "node:crypto";
import { toDeg } from "@timmy/shared/units";

/** A fingerprint of a run: quantised states and discrete events, in the order they came. */
export interface Trace {
  state(timeMs: number, xM: number, yM: number, headingRad: number): void;
  event(timeMs: number, event: string): void;
  /** SHA-256 of everything so far, hex. */
  digest(): string;
  save(): Hash;
  restore(saved: Hash): void;
}

/**
 * 1 mm and 0.1 degree, because sines differ in their last bits between engines; what stands still
 * is then equal everywhere.
 */
export function createTrace(start: string): Trace {
  let hash = createHash("sha256").update(`${start}\n`);
  return {
    state(timeMs, xM, yM, headingRad) {
      const mm = (metres: number) => Math.round(metres * 1000);
      const tenths = Math.round(toDeg(headingRad) * 10);
      hash.update(`s ${timeMs} ${mm(xM)} ${mm(yM)} ${tenths === -1800 ? 1800 : tenths}\n`);
    },
    event(timeMs, event) {
      hash.update(`e ${timeMs} ${event.replaceAll("\n", " ")}\n`);
    },
    digest: () => hash.copy().digest("hex"),
    save: () => hash.copy(),
    restore(saved) {
      hash = saved.copy();
    },
  };
}
