import { touchGapMs } from "./limits.ts";
import type { Touch } from "./physics.ts";

/** Turns touches of single steps into episodes, and into two bumper switches. */
export interface ContactCounter {
  /** Takes what is touched now; answers the pieces that an episode began with. */
  take(nowMs: number, touches: readonly Touch[]): readonly Touch[];
  count(): number;
  /** The fastest that the chassis went into something, m/s. */
  strongestMps(): number;
  bumpers(nowMs: number): { readonly left: boolean; readonly right: boolean };
  save(): ContactState;
  restore(state: ContactState): void;
}

export interface ContactState {
  readonly count: number;
  readonly strongestMps: number;
  readonly lastMs: readonly (readonly [geom: number, atMs: number])[];
  readonly leftMs: number;
  readonly rightMs: number;
}

/** The front bumpers reach a little past the sides, and overlap in the middle. */
const bumperSpanRad = (100 * Math.PI) / 180;
const overlapRad = (12 * Math.PI) / 180;
/** A switch stays pressed for a moment: its spring is slower than a contact that chatters. */
const springMs = 30;
const never = Number.NEGATIVE_INFINITY;

export function createContactCounter(): ContactCounter {
  let count = 0;
  let strongestMps = 0;
  let leftMs = never;
  let rightMs = never;
  let last = new Map<number, number>();
  return {
    take(nowMs, touches) {
      const begun: Touch[] = [];
      for (const touch of touches) {
        const before = last.get(touch.geom) ?? never;
        if (nowMs - before > touchGapMs) {
          begun.push(touch);
          count++;
        }
        last.set(touch.geom, nowMs);
        strongestMps = Math.max(strongestMps, touch.normalMps);
        const { bearingRad } = touch;
        if (bearingRad > -overlapRad && bearingRad < bumperSpanRad) leftMs = nowMs;
        if (bearingRad < overlapRad && bearingRad > -bumperSpanRad) rightMs = nowMs;
      }
      return begun;
    },
    count: () => count,
    strongestMps: () => strongestMps,
    bumpers: (nowMs) => ({ left: nowMs - leftMs <= springMs, right: nowMs - rightMs <= springMs }),
    save: () => ({ count, strongestMps, lastMs: [...last], leftMs, rightMs }),
    restore(state) {
      ({ count, strongestMps, leftMs, rightMs } = state);
      last = new Map(state.lastMs);
    },
  };
}
