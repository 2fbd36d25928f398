import type { StatePayload } from "@timmy/shared/mqtt/payloads";
import { describe, expect, it } from "vitest";
import { stopAnswerMs } from "../limits.ts";
import { createDashboardState } from "./dashboard-state.ts";
import { sampleDrive, sampleSafety, sampleSnapshot } from "./sample-payloads.ts";
import { stopLabel } from "./stop-label.ts";
import type { Action } from "./store.ts";
import { reduce } from "./store.ts";

const safety = (fields: Partial<StatePayload<"safety">>): Action => ({
  type: "wire",
  event: { name: "state", body: sampleSafety(fields) },
  nowMs: 0,
});
const moving: Action = {
  type: "wire",
  event: { name: "state", body: sampleDrive({ speed_mps: 0.12 }) },
  nowMs: 0,
};
const opened: Action = {
  type: "wire",
  event: { name: "snapshot", body: sampleSnapshot() },
  nowMs: 0,
};
const label = (nowMs: number, ...actions: readonly Action[]) =>
  stopLabel([opened, ...actions].reduce(reduce, createDashboardState(0)), nowMs);

describe("the stop's label", () => {
  it("offers the stop while nothing is stopped", () => {
    expect(label(0, safety({})).words).toBe("Stop");
  });
  it("says stopping from the press on, before any answer", () => {
    expect(label(10, safety({}), { type: "stop-sending", nowMs: 0 }).words).toBe("Stopping...");
  });
  it("says stopped only with the measured speed", () => {
    const stopped = safety({ stop_state: "stopped", stop_speed_mps: 0 });
    expect(label(0, stopped).words).toBe("Stopped, 0.00\u202fm/s measured");
    const unmeasured = safety({ stop_state: "stopped", stop_speed_mps: null });
    expect(label(0, unmeasured).words).toBe("Stopped, unknown measured");
  });
  it("says unconfirmed with the last speed when the robot could not measure standstill", () => {
    const slipping = safety({ stop_state: "unconfirmed", stop_speed_mps: 0.12 });
    expect(label(0, slipping).words).toBe("Unconfirmed: last 0.12\u202fm/s");
  });
  it("turns unconfirmed when the robot does not answer a stop in time", () => {
    const actions: Action[] = [safety({}), moving, { type: "stop-sending", nowMs: 0 }];
    actions.push({ type: "stop-sent", nowMs: 100 });
    expect(label(stopAnswerMs, ...actions).phase).toBe("stopping");
    expect(label(stopAnswerMs + 101, ...actions).words).toBe("Unconfirmed: last 0.12\u202fm/s");
  });
  it("says that the stop was not sent, at the first failure and after the last", () => {
    const sending: Action = { type: "stop-sending", nowMs: 0 };
    const failed: Action = { type: "stop-attempt-failed", sentence: "No answer." };
    expect(label(10, sending, failed).phase).toBe("not-sent");
    const gone: Action = { type: "stop-given-up", sentence: "No answer." };
    expect(label(10, sending, failed, gone).words).toBe("Stop not sent");
  });
  it("believes the robot over its own failed request", () => {
    const sending: Action = { type: "stop-sending", nowMs: 0 };
    const failed: Action = { type: "stop-attempt-failed", sentence: "No answer." };
    const stopped = safety({ stop_state: "stopped", stop_speed_mps: 0 });
    expect(label(10, sending, failed, stopped).phase).toBe("stopped");
  });
  it("does not claim that a robot out of sight is stopped", () => {
    const stopped = safety({ stop_state: "stopped", stop_speed_mps: 0 });
    const gone = label(0, stopped, { type: "link-broke" });
    expect(gone.words).toBe("Stop");
    expect(gone.hint).toContain("Not connected");
  });
});
