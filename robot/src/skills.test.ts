import { describe, expect, it } from "vitest";
import type { Body } from "./body.ts";
import { beliefAt } from "./localisation.ts";
import { createSkills } from "./skills.ts";
import { coreState } from "./testing/core-state.ts";
import { twoRooms } from "./testing/two-rooms.ts";

const plan = twoRooms();

/** Only what a skill looks at when it judges an arrival. */
function skillsAt(xM: number, yM: number, over: { speed?: number; localised?: boolean } = {}) {
  const belief = beliefAt({ xM, yM, headingRad: 0 }, 0.05, 0.05);
  const speed = over.speed ?? 0;
  const core = coreState({ leftMps: speed, rightMps: speed });
  const view = { nowMs: 0, pose: belief.pose, localised: over.localised ?? true, core };
  const body = {
    view: () => view,
    link: { latest: () => ({ ageMs: 0 }) },
    armingProblem: () => "",
  } as unknown as Body;
  return createSkills({
    body,
    navigator: { goTo: () => never, turnTo: () => never, wayLength: () => 1 },
    voice: { say: async () => {} },
    plan,
    clock: { monotonicMs: () => 100, wallMs: () => 0 },
    onSpoke: () => {},
  });
}
const never = { step: () => ({ status: "ended", reason: null }) as const, path: () => [] };
const [goal] = [[4.5, 2.2]] as const;

describe("an arrival", () => {
  it("is done at the place, known and standing still", () => {
    expect(skillsAt(4.45, 2.15).arrived(goal, 0)).toMatchObject({
      outcome: "done",
      evidence: { room: "east", speedMps: 0 },
      sentence: "Arrived in the east room: 0.07 m from the goal, 0.00 m/s measured.",
    });
  });
  it.each([
    ["0.3 m away", skillsAt(4.5, 1.9), "failed"],
    ["still rolling", skillsAt(4.5, 2.2, { speed: 0.05 }), "unconfirmed"],
    ["not sure of its place", skillsAt(4.5, 2.2, { localised: false }), "unconfirmed"],
  ])("is never done when it is %s", (_what, skills, outcome) => {
    expect(skills.arrived(goal, 0).outcome).toBe(outcome);
  });
});
