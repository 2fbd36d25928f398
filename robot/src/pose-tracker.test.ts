import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBoard } from "@timmy/hardware/board";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beliefAt } from "./localisation.ts";
import { readPoseFile, writePoseFile } from "./pose-file.ts";
import { createPoseTracker, type StartPose } from "./pose-tracker.ts";
import { coreState } from "./testing/core-state.ts";
import { twoRooms } from "./testing/two-rooms.ts";

const plan = twoRooms();
const board = loadBoard();
const start = beliefAt({ xM: 1, yM: 1, headingRad: 0 }, 0.05, 0.05);
const tracker = (from: StartPose = start) => createPoseTracker(plan, board, from);

/** What the camera sees of a tag from a true pose. */
function sight(id: number, pose: { xM: number; yM: number; headingRad: number }) {
  const tag = plan.tags.find((t) => t.id === id) ?? { x_m: 0, y_m: 0 };
  const cameraM = board.camera.x_m;
  const dx = tag.x_m - pose.xM - cameraM * Math.cos(pose.headingRad);
  const dy = tag.y_m - pose.yM - cameraM * Math.sin(pose.headingRad);
  const bearingRad = Math.atan2(dy, dx) - pose.headingRad;
  return { id, rangeM: Math.hypot(dx, dy), bearingRad, ageMs: 0 };
}

describe("the pose tracker", () => {
  it("follows the odometry, and grows less sure on the way", () => {
    const t = tracker();
    t.onState(coreState({ tick: 0 }), 0);
    for (let k = 1; k <= 100; k++) t.onState(coreState({ tick: 20 * k, xM: 0.01 * k }), 20 * k);
    expect(t.belief().pose.xM).toBeCloseTo(2, 3);
    expect(t.sigmaM()).toBeGreaterThan(0.06);
    expect(t.localised()).toBe(true);
  });
  it("does not turn by the gyro's bias while it stands", () => {
    const t = tracker();
    for (let k = 0; k < 500; k++) {
      t.onState(coreState({ tick: 20 * k, mode: "disarmed", gyroRadps: 0.02 }), 20 * k);
    }
    expect(t.belief().pose.headingRad).toBe(0);
  });
  it("places a late sighting where the robot was when the picture was taken", () => {
    const t = tracker(beliefAt({ xM: 1, yM: 1.5, headingRad: 0 }, 0.1, 0.05));
    for (let k = 0; k <= 10; k++) t.onState(coreState({ tick: 20 * k, xM: 0.02 * k }), 20 * k);
    // Seen 100 ms ago, when it was at x = 1.1 and not at 1.2.
    const late = { ...sight(2, { xM: 1.1, yM: 1.5, headingRad: 0 }), ageMs: 100 };
    for (let k = 0; k < 5; k++) t.onSightings([late], 200);
    expect(t.belief().pose.xM).toBeCloseTo(1.2, 2);
  });
  it("notices that it was carried away, and finds itself by two tags", () => {
    const t = tracker();
    t.onState(coreState({ tick: 0 }), 0);
    let noticed = false;
    const truth = { xM: 4.5, yM: 1.4, headingRad: 0.3 };
    for (let k = 1; k < 30; k++) {
      t.onState(coreState({ tick: 20 * k }), 20 * k);
      t.onSightings([sight(2, truth), sight(4, truth)], 20 * k);
      noticed ||= !t.localised();
    }
    expect(noticed).toBe(true);
    expect(t.localised()).toBe(true);
    expect(t.belief().pose.xM).toBeCloseTo(4.5, 1);
    expect(t.belief().pose.headingRad).toBeCloseTo(0.3, 1);
  });
  it("ignores a tag that is on no map", () => {
    const t = tracker();
    t.onState(coreState(), 0);
    t.onSightings([{ id: 99, rangeM: 1, bearingRad: 0, ageMs: 0 }], 0);
    expect(t.belief()).toEqual(start);
  });
});

describe("a process that goes on from another", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "timmy-pose-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("adds what the core counted in between", () => {
    const first = tracker();
    first.onState(coreState({ tick: 1000, xM: 5, yM: 5, headingRad: 1 }), 0);
    const path = join(folder, "pose.json");
    const record = first.record();
    if (record === null) throw new Error("no record");
    writePoseFile(path, record);
    const second = tracker(readPoseFile(path) ?? start);
    // The core rolled 0.1 m further along its own heading.
    const later = {
      tick: 1500,
      xM: 5 + 0.1 * Math.cos(1),
      yM: 5 + 0.1 * Math.sin(1),
      headingRad: 1,
    };
    second.onState(coreState(later), 0);
    expect(second.belief().pose.xM).toBeCloseTo(1.1, 6);
    expect(second.belief().pose.yM).toBeCloseTo(1, 6);
    expect(second.sigmaM()).toBeGreaterThan(0.1);
  });
  it("is unsure when the core was started anew, too", () => {
    const record = { ...start, odometry: { xM: 5, yM: 5, headingRad: 1 }, tick: 1000 };
    const t = tracker(record);
    t.onState(coreState({ tick: 10 }), 0);
    expect(t.belief().pose).toEqual(start.pose);
    expect(t.sigmaM()).toBeCloseTo(0.3, 6);
  });
  it.each(["", "{", "{}", '{"pose":null}'])("trusts no file that says %j", (text) => {
    const path = join(folder, "pose.json");
    writeFileSync(path, text);
    expect(readPoseFile(path)).toBeNull();
    expect(readPoseFile(join(folder, "none.json"))).toBeNull();
  });
});
