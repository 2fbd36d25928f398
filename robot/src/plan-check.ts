import type { PlanStep } from "@timmy/shared/agent/plan";
import type { ErrorCode } from "@timmy/shared/errors";
import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { Point } from "./path-planner.ts";

export type PlanVerdict =
  | { readonly ok: true; readonly lengthM: number }
  | { readonly ok: false; readonly reason: ErrorCode; readonly sentence: string };

/** The places a step leads through, in order; null when one of them does not exist. */
export function placesOf(step: PlanStep, plan: FloorPlan, start: Point): readonly Point[] | string {
  const one = (place: string): Point | string => {
    if (place === "start") return start;
    if (place === "dock") return [plan.dock.x_m, plan.dock.y_m];
    return plan.rooms.find((room) => room.id === place)?.goal ?? place;
  };
  switch (step.skill) {
    case "goto":
    case "dock":
    case "patrol": {
      const names =
        step.skill === "patrol" ? step.places : [step.skill === "goto" ? step.place : "dock"];
      const points: Point[] = [];
      for (const name of names) {
        const point = one(name);
        if (typeof point === "string") return point;
        points.push(point);
      }
      return points;
    }
    case "say":
    case "stop":
      return [];
    default:
      return step satisfies never;
  }
}

/** Says the rooms of the house in words: "kitchen, bedroom and study". */
export function listRooms(plan: FloorPlan): string {
  const names = plan.rooms.map((room) => room.name);
  const last = names.pop();
  return names.length === 0 ? (last ?? "none") : `${names.join(", ")} and ${last}`;
}

/** Whether a whole plan is possible now, before anything of it moves. */
export function checkPlan(
  steps: readonly PlanStep[],
  plan: FloorPlan,
  start: Point,
  wayLength: (from: Point, to: Point) => number | null,
): PlanVerdict {
  let at = start;
  let lengthM = 0;
  for (const step of steps) {
    const places = placesOf(step, plan, start);
    if (typeof places === "string") {
      const sentence = `There is no place "${places}". The rooms are ${listRooms(plan)}.`;
      return { ok: false, reason: "unknown-room", sentence };
    }
    for (const place of places) {
      const length = wayLength(at, place);
      if (length === null) {
        const room = plan.rooms.find((r) => r.goal[0] === place[0] && r.goal[1] === place[1]);
        const sentence = `There is no free way to the ${room?.name ?? "dock"}.`;
        return { ok: false, reason: "no-path", sentence };
      }
      lengthM += length;
      at = place;
    }
  }
  return { ok: true, lengthM };
}
