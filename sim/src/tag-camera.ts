import type { Board } from "@timmy/hardware/board";
import type { TagSighting } from "@timmy/robot/tag-sensor";
import type { FloorPlan, Pose } from "@timmy/shared/map/floor-plan";
import { toRad, wrapAngle } from "@timmy/shared/units";
import type { RayCaster } from "./ray-caster.ts";
import type { ReplayRandom } from "./replay-random.ts";

/** From exposure to the detector's answer. */
export const tagDelayMs = 40;
export const tagPeriodMs = 100;

/** Deviations of a 36h11 tag of 0.15 m at 640 x 480, and how often the detector misses one. */
const bearingSigmaRad = 0.004;
const rangeSigmaShare = 0.015;
const missShare = 0.03;
const nearestM = 0.15;

type Tag = FloorPlan["tags"][number];

/** The tag as an ideal camera at `pose` of the robot sees it, or null when it does not. */
export function seeTag(
  tag: Tag,
  camera: Board["camera"],
  rays: RayCaster,
  pose: Pose,
): { bearingRad: number; rangeM: number } | null {
  const x = pose.xM + camera.x_m * Math.cos(pose.headingRad);
  const y = pose.yM + camera.x_m * Math.sin(pose.headingRad);
  const dx = tag.x_m - x;
  const dy = tag.y_m - y;
  const rangeM = Math.hypot(dx, dy);
  if (rangeM < nearestM || rangeM > camera.tag_range_m) return null;
  const towards = Math.atan2(dy, dx);
  const bearingRad = wrapAngle(towards - pose.headingRad);
  if (Math.abs(bearingRad) > toRad(camera.hfov_deg / 2)) return null;
  const fromNormal = Math.abs(wrapAngle(towards + Math.PI - tag.heading_rad));
  if (fromNormal > toRad(camera.tag_angle_deg)) return null;
  return rays.sees(x, y, tag.x_m, tag.y_m) ? { bearingRad, rangeM } : null;
}

/** What the tag detector gives for one exposure: noisy, and sometimes less than is there. */
export function sightTags(
  tags: readonly Tag[],
  camera: Board["camera"],
  rays: RayCaster,
  pose: Pose,
  random: Pick<ReplayRandom, "uniform" | "normal">,
): TagSighting[] {
  const sightings: TagSighting[] = [];
  for (const tag of tags) {
    const seen = seeTag(tag, camera, rays, pose);
    if (seen === null || random.uniform() < missShare) continue;
    sightings.push({
      id: tag.id,
      bearingRad: seen.bearingRad + bearingSigmaRad * random.normal(),
      rangeM: seen.rangeM * (1 + rangeSigmaShare * random.normal()),
      ageMs: tagDelayMs,
    });
  }
  return sightings;
}
