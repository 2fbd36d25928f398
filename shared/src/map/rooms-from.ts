import type { MindQuestion } from "../agent/mind.ts";
import { type FloorPlan, roomAt } from "./floor-plan.ts";

/** The rooms as a mind is told of them by a body that stands at this place, metres. */
export function roomsFrom(plan: FloorPlan, xM: number, yM: number): MindQuestion["rooms"] {
  const here = roomAt(plan, xM, yM);
  return plan.rooms.map((room) => {
    const awayM = room === here ? 0 : Math.hypot(room.goal[0] - xM, room.goal[1] - yM);
    return { ...room, away_m: Math.round(awayM * 1000) / 1000 };
  });
}
