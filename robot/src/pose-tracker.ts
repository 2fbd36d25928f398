import type { CoreState } from "@timmy/firmware-bridge/core-link";
import type { Board } from "@timmy/hardware/board";
import type { FloorPlan, Pose } from "@timmy/shared/map/floor-plan";
import { wrapAngle } from "@timmy/shared/units";
import { sightingHistory } from "./limits.ts";
import {
  advance,
  beliefAt,
  composePose,
  createOdometryHistory,
  headingSigma,
  type PoseBelief,
  positionSigma,
  predict,
  relativePose,
  sightTag,
} from "./localisation.ts";
import { relocalise, type TagPair } from "./relocalisation.ts";
import type { TagSighting } from "./tag-sensor.ts";

/** How much of a turn is taken from the gyro; the rest is the wheels'. */
const gyroShare = 0.8;
/** Sightings in a row that contradict the belief before it is given up. */
const contradictionLimit = 8;

/** A belief, and the core's odometry at that moment, so that a new process can go on from it. */
export interface PoseRecord extends PoseBelief {
  readonly odometry: Pose;
  /** The core's own time; it starts anew when the core does. */
  readonly tick: number;
}
export type StartPose = PoseBelief | PoseRecord;

export interface PoseTracker {
  /** What another process needs to go on from here; null before the core said anything. */
  record(): PoseRecord | null;
  onState(state: CoreState, nowMs: number): void;
  onSightings(sightings: readonly TagSighting[], nowMs: number): void;
  belief(): PoseBelief;
  sigmaM(): number;
  sigmaRad(): number;
  /** False while too unsure to drive. */
  localised(): boolean;
  lastTagMs(): number | null;
}

const coreOdometry = ({ xM, yM, headingRad }: CoreState): Pose => ({ xM, yM, headingRad });

/** What a process that ended knew, moved on by what the core's odometry counted since. */
function goOn(record: PoseRecord, state: CoreState): PoseBelief {
  // A core that was started anew counts from zero: how far it rolled in between nobody knows.
  if (state.tick < record.tick) return beliefAt(record.pose, 0.3, 0.3);
  const moved = relativePose(record.odometry, coreOdometry(state));
  const wider = [0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.01];
  return {
    pose: composePose(record.pose, moved),
    covariance: record.covariance.map((value, k) => value + (wider[k] ?? 0)),
  };
}

/** Where the robot is: odometry and gyro carry it on, tags bring it back; times in monotonic ms. */
export function createPoseTracker(plan: FloorPlan, board: Board, start: StartPose): PoseTracker {
  const tags = new Map(plan.tags.map((tag) => [tag.id, tag]));
  const history = createOdometryHistory();
  let belief: PoseBelief = { pose: start.pose, covariance: start.covariance };
  let odometry: Pose = { xM: 0, yM: 0, headingRad: 0 };
  let previous: CoreState | null = null;
  let biasRadps = 0;
  let contradictions = 0;
  let seen: TagPair[] = [];
  let lastTagMs: number | null = null;

  function learnBias(state: CoreState): void {
    const still = state.leftMps === 0 && state.rightMps === 0 && state.mode !== "armed";
    if (still) biasRadps += 0.02 * (state.gyroRadps - biasRadps);
  }
  function rememberPair(sight: TagSighting, then: Pose): void {
    const tag = tags.get(sight.id);
    if (tag === undefined) return;
    const cameraM = board.camera.x_m;
    const local = {
      xM: cameraM + sight.rangeM * Math.cos(sight.bearingRad),
      yM: sight.rangeM * Math.sin(sight.bearingRad),
      headingRad: 0,
    };
    const at = composePose(then, local);
    const pair = { id: sight.id, odomXM: at.xM, odomYM: at.yM, mapXM: tag.x_m, mapYM: tag.y_m };
    seen = [...seen.slice(1 - sightingHistory), pair];
  }
  function contradicted(): void {
    contradictions++;
    if (contradictions < contradictionLimit) return;
    if (contradictions === contradictionLimit) {
      // The belief is wrong (kidnapped, or slipped far): only what is seen from here on counts.
      belief = beliefAt(belief.pose, 5, Math.PI);
      seen = [];
      return;
    }
    const pose = relocalise(seen, odometry);
    if (pose === null) return;
    belief = beliefAt(pose, 0.15, 0.1);
    contradictions = 0;
  }
  function lost(): boolean {
    return positionSigma(belief) > 1;
  }
  return {
    onState(state, nowMs) {
      if (previous !== null && state.tick < previous.tick) {
        // A core that was started anew counts from zero: how far it rolled nobody knows.
        belief = beliefAt(belief.pose, 0.3, 0.3);
      } else if (previous !== null && state.tick !== previous.tick) {
        const dtS = Math.max(0, (state.tick - previous.tick) / 1000);
        const dx = state.xM - previous.xM;
        const dy = state.yM - previous.yM;
        const wheelTurn = wrapAngle(state.headingRad - previous.headingRad);
        const middle = previous.headingRad + wheelTurn / 2;
        const distanceM = dx * Math.cos(middle) + dy * Math.sin(middle);
        learnBias(state);
        const moved = distanceM !== 0 || wheelTurn !== 0;
        const gyroTurn = dtS < 0.5 ? (state.gyroRadps - biasRadps) * dtS : wheelTurn;
        const turnRad = moved ? gyroShare * gyroTurn + (1 - gyroShare) * wheelTurn : 0;
        belief = predict(belief, { distanceM, turnRad });
        odometry = advance(odometry, { distanceM, turnRad });
      }
      if (previous === null && "tick" in start) belief = goOn(start, state);
      previous = state;
      history.add(nowMs, odometry);
    },
    onSightings(sightings, nowMs) {
      for (const sight of sightings) {
        const tag = tags.get(sight.id);
        const then = history.at(nowMs - sight.ageMs);
        if (tag === undefined || then === null) continue;
        rememberPair(sight, then);
        if (lost()) {
          contradicted();
          continue;
        }
        // The belief is moved back to the exposure, corrected there, and moved forward again.
        const since = relativePose(then, odometry);
        const back = composePose(belief.pose, relativePose(odometry, then));
        const result = sightTag({ ...belief, pose: back }, tag, board.camera.x_m, sight);
        if (!result.accepted) {
          contradicted();
          continue;
        }
        contradictions = 0;
        lastTagMs = nowMs;
        belief = { ...result.belief, pose: composePose(result.belief.pose, since) };
      }
    },
    record: () =>
      previous === null
        ? null
        : { ...belief, odometry: coreOdometry(previous), tick: previous.tick },
    belief: () => belief,
    sigmaM: () => positionSigma(belief),
    sigmaRad: () => headingSigma(belief),
    localised: () => positionSigma(belief) < 0.35,
    lastTagMs: () => lastTagMs,
  };
}
