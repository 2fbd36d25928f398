import type { Pose } from "@timmy/shared/map/floor-plan";
import type { RayCaster, RayHit } from "./ray-caster.ts";
import type { ReplayRandom } from "./replay-random.ts";

/**
 * An HC-SR04. A trigger measures at once; its echo ends some milliseconds later, or times out.
 * While one is under way the part does not listen to its trigger pin.
 */
export interface Sonar {
  /** Measures from that place; false while an echo is under way. */
  trigger(nowMs: number, place: Pose): boolean;
  /** Echo microseconds if it ended in this tick, 0 if not, -1 if it timed out. */
  poll(nowMs: number): number;
  save(): readonly [dueMs: number, echoUs: number];
  restore(state: readonly [dueMs: number, echoUs: number]): void;
}

const soundMps = 343;
const rayCount = 15;
const halfConeRad = Math.PI / 12;
const nearestM = 0.02;
const farthestM = 4;
/** A hard surface is a mirror to 40 kHz: beyond this its echo goes elsewhere. */
const mirrorRad = Math.PI / 4;
/** Cloth scatters instead, at any angle, but swallows so much that far ones are silent. */
const softFarthestM = 2.5;
const noiseShare = 0.01;
const dropoutShare = 0.03;
/** The burst of eight pulses, before the echo pin rises (datasheet, timing diagram). */
const burstUs = 450;
/** The part holds the echo pin up for about 38 ms when nothing came back. */
const timeoutMs = 38;
const idle = -1;

/** The distance that an ideal cone would measure, metres; Infinity when no echo comes back. */
export function coneRangeM(rays: RayCaster, place: Pose): number {
  const hit: RayHit = { distanceM: 0, incidenceRad: 0, soft: false };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rayCount; i++) {
    const offset = ((2 * i) / (rayCount - 1) - 1) * halfConeRad;
    if (!rays.cast(place.xM, place.yM, place.headingRad + offset, farthestM, hit)) continue;
    if (hit.soft ? hit.distanceM > softFarthestM : hit.incidenceRad > mirrorRad) continue;
    if (hit.distanceM < best) best = hit.distanceM;
  }
  return best;
}

export function createSonar(rays: RayCaster, random: ReplayRandom): Sonar {
  let dueMs = idle;
  let echoUs = 0;
  return {
    trigger(nowMs, place) {
      if (dueMs !== idle) return false;
      const noise = 1 + noiseShare * random.normal();
      const dropped = random.uniform() < dropoutShare;
      const rangeM = Math.max(nearestM, coneRangeM(rays, place) * noise);
      const heard = !dropped && rangeM <= farthestM;
      echoUs = heard ? Math.max(1, Math.round((2e6 * rangeM) / soundMps)) : -1;
      dueMs = nowMs + (heard ? Math.ceil((burstUs + echoUs) / 1000) : timeoutMs);
      return true;
    },
    poll(nowMs) {
      if (dueMs === idle || nowMs < dueMs) return 0;
      dueMs = idle;
      return echoUs;
    },
    save: () => [dueMs, echoUs],
    restore(state) {
      [dueMs, echoUs] = state;
    },
  };
}
