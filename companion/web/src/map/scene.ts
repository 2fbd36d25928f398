import { toRad } from "@timmy/shared/units";
import type { DashboardState } from "../core/dashboard-state.ts";
import { isStale, presenceOf } from "../core/dashboard-state.ts";
import type { ShownPose } from "../core/pose-motion.ts";
import type { Trail } from "../core/trail.ts";

/** What moves on the map: all that is drawn over the house. */
export interface Scene {
  readonly pose: ShownPose | null;
  /** Known and current; otherwise the robot is drawn as last seen. */
  readonly isCurrent: boolean;
  readonly isStopped: boolean;
  readonly sigmaM: number;
  readonly sigmaHeadingRad: number;
  readonly radiusM: number;
  /** Null when nothing valid is measured now; then no cone is drawn. */
  readonly rangeM: number | null;
  readonly path: readonly number[];
  readonly trail: Trail;
}

const usualRadiusM = 0.12;
/** A range older than this says nothing about what is ahead now. */
const rangeFreshMs = 11_000;

export function sceneOf(state: DashboardState, nowMs: number): Scene {
  const pose = state.groups.pose;
  const isLive = presenceOf(state) === "live";
  const isCurrent = isLive && pose !== undefined && !isStale(pose, nowMs) && pose.value.localised;
  const range = state.rangeM;
  const showsRange = isCurrent && range !== null && nowMs - range.atMs < rangeFreshMs;
  return {
    pose:
      pose === undefined
        ? null
        : { xM: pose.value.x_m, yM: pose.value.y_m, headingRad: toRad(pose.value.heading_deg) },
    isCurrent,
    isStopped: (state.groups.safety?.value.stop_state ?? "none") !== "none",
    sigmaM: pose?.value.sigma_m ?? 0,
    sigmaHeadingRad: toRad(pose?.value.sigma_heading_deg ?? 0),
    radiusM: state.info?.radius_m ?? usualRadiusM,
    rangeM: showsRange ? range.value : null,
    path: isLive ? state.path : [],
    trail: state.trail,
  };
}
