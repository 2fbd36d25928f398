import { wrapAngle } from "@timmy/shared/units";
import { jumpM } from "../limits.ts";

export interface ShownPose {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

/** A glide from where the robot is drawn to where it was last measured. */
export interface PoseMotion {
  readonly from: ShownPose;
  readonly to: ShownPose;
  readonly startMs: number;
  readonly durationMs: number;
}

const shortestMs = 40;
const longestMs = 300;

/** Where to draw the robot now: always between two measured poses, never ahead of the last. */
export function poseAt(motion: PoseMotion, nowMs: number): ShownPose {
  const { from, to, startMs, durationMs } = motion;
  const share = durationMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - startMs) / durationMs));
  if (share === 1) return to;
  return {
    xM: from.xM + (to.xM - from.xM) * share,
    yM: from.yM + (to.yM - from.yM) * share,
    headingRad: from.headingRad + wrapAngle(to.headingRad - from.headingRad) * share,
  };
}

/** Whether the robot still glides. */
export function isMoving(motion: PoseMotion, nowMs: number): boolean {
  return nowMs < motion.startMs + motion.durationMs;
}

/**
 * The glide to a new pose. It lasts as long as the poses lie apart, so that speed looks even; a
 * corrected pose (or reduced motion) is shown at once.
 */
export function glideTo(
  motion: PoseMotion | null,
  to: ShownPose,
  nowMs: number,
  reducedMotion: boolean,
): PoseMotion {
  const from = motion === null ? to : poseAt(motion, nowMs);
  const sinceMs = motion === null ? 0 : nowMs - motion.startMs;
  const far = Math.hypot(to.xM - from.xM, to.yM - from.yM) > jumpM;
  const glides = motion !== null && !reducedMotion && !far;
  const durationMs = glides ? Math.min(longestMs, Math.max(shortestMs, sinceMs)) : 0;
  return { from, to, startMs: nowMs, durationMs };
}
