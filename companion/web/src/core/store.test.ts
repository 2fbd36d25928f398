import type { StatePayload } from "@timmy/shared/mqtt/payloads";
import { describe, expect, it } from "vitest";
import { silenceMs } from "../limits.ts";
import { sampleAgent, sampleWhere } from "./agent-samples.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { createDashboardState, presenceOf, whyNoMotion } from "./dashboard-state.ts";
import {
  sampleDrive,
  samplePlan,
  samplePose,
  sampleSafety,
  sampleSnapshot,
  sampleTask,
} from "./sample-payloads.ts";
import type { Action } from "./store.ts";
import { reduce } from "./store.ts";
import type { WireEvent } from "./wire.ts";

const wire = (event: WireEvent, nowMs = 10_000): Action => ({ type: "wire", event, nowMs });
const run = (...actions: readonly Action[]): DashboardState =>
  actions.reduce(reduce, createDashboardState(0));
const opened = wire({ name: "snapshot", body: sampleSnapshot() });
const state = (body: ReturnType<typeof samplePose>, nowMs?: number): Action =>
  wire({ name: "state", body }, nowMs);

describe("the link", () => {
  it("is loading until the first snapshot, and live after it", () => {
    expect(presenceOf(createDashboardState(0))).toBe("loading");
    expect(presenceOf(run(opened))).toBe("live");
  });
  it("is disconnected within a second of silence", () => {
    expect(silenceMs).toBeLessThan(1000);
    const quiet = run(opened, { type: "tick", nowMs: 10_000 + silenceMs + 1 });
    expect(presenceOf(quiet)).toBe("disconnected");
  });
  it("stays up while pings come", () => {
    const nowMs = 10_800;
    const heard = run(opened, wire({ name: "ping", body: { now_ms: 1 } }, nowMs));
    expect(presenceOf(reduce(heard, { type: "tick", nowMs: nowMs + silenceMs - 1 }))).toBe("live");
  });
  it("says that a companion which never answered is unreachable", () => {
    expect(presenceOf(run({ type: "link-broke" }))).toBe("unreachable");
  });
  it("does not count a message before the snapshot as a connection", () => {
    const early = run(wire({ name: "ping", body: { now_ms: 1 } }));
    expect(presenceOf(early)).toBe("loading");
  });
  it("tells a lost robot from a lost companion, and refuses motion to both", () => {
    const lost = run(opened, wire({ name: "status", body: { status: "lost" } }));
    expect(presenceOf(lost)).toBe("lost");
    expect(whyNoMotion(lost)).toBe("The robot is away.");
    const away = sampleWhere({ agent: sampleAgent({ node: "companion" }) });
    const live = run(opened);
    const empty = { ...live, agent: { ...live.agent, where: { value: away, atMs: 0 } } };
    expect(whyNoMotion(empty)).toBe("Nobody lives in this robot.");
    expect(whyNoMotion(run(opened, { type: "link-broke" }))).toBe("Not connected.");
  });
});

const stoppedSafety: StatePayload<"safety"> = {
  v: 1,
  seq: 1,
  ts: 1,
  stop_state: "stopped",
  stop_reason: "",
  stop_speed_mps: 0,
  generation: 4,
  link: "up",
  bad_commands: 0,
  arming: "",
};

describe("a snapshot", () => {
  it("keeps the age that each value already has", () => {
    const pose = samplePose().payload as Extract<
      ReturnType<typeof samplePose>,
      { group: "pose" }
    >["payload"];
    const shown = run(wire({ name: "snapshot", body: sampleSnapshot({ state: { pose } }) }));
    // The sample is 4 s older than the companion's clock.
    expect(shown.groups.pose?.atMs).toBe(6000);
  });
  it("takes a map bare or in its message", () => {
    const map = { v: 1, seq: 1, ts: 1, plan: samplePlan } as const;
    expect(run(wire({ name: "snapshot", body: sampleSnapshot({ map }) })).plan).toBe(samplePlan);
    expect(run(opened).plan).toBe(samplePlan);
  });
  it("tells the past without announcing it", () => {
    const past = sampleSnapshot({
      events: [sampleTask({ phase: "ended", outcome: "done", sentence: "Arrived." })],
    });
    const shown = run(wire({ name: "snapshot", body: past }));
    expect(shown.items).toHaveLength(1);
    const safety = { ...stoppedSafety, ts: 1 };
    const stopped = run(wire({ name: "snapshot", body: sampleSnapshot({ state: { safety } }) }));
    expect(stopped.announcement.text).toBe("");
    expect(shown.announcement.text).toBe("");
  });
});

describe("the driven way", () => {
  it("grows with the pose and breaks where the page did not see the robot", () => {
    const driven = run(
      opened,
      state(samplePose({ x_m: 1 })),
      state(samplePose({ x_m: 1.1 })),
      { type: "link-broke" },
      opened,
      state(samplePose({ x_m: 1.5 })),
    );
    expect(driven.trail.map(({ gap }) => gap)).toEqual([true, false, true]);
  });
});

describe("announcements", () => {
  const ended = (fields: object): Action =>
    wire({ name: "event", body: sampleTask({ phase: "ended", ...fields }) });
  it("say an arrival", () => {
    const said = run(opened, ended({ outcome: "done", sentence: "Arrived in the kitchen." }));
    expect(said.announcement.text).toBe("Arrived in the kitchen.");
  });
  it("say a stop once, with its measured speed", () => {
    const stopped = state(
      sampleSafety({ stop_state: "stopped", stop_speed_mps: 0, stop_reason: "estop" }),
    );
    const once = run(opened, stopped);
    expect(once.announcement.text).toContain("Stopped, 0.00\u202fm/s measured");
    expect(reduce(once, stopped).announcement.id).toBe(once.announcement.id);
  });
  it("say a refusal", () => {
    const reply = {
      ok: false,
      code: "busy",
      sentence: "Busy.",
      remedy: "",
      taskId: null,
      speedMps: null,
    };
    const said = run(
      opened,
      { type: "asked", key: "a", text: "go", wallMs: 1 },
      { type: "answered", key: "a", reply },
    );
    expect(said.announcement.text).toBe("Refused. Busy.");
  });
  it("do not speak of steps, poses and speeds", () => {
    const quiet = run(
      opened,
      state(samplePose()),
      state(sampleDrive({ speed_mps: 0.3 })),
      wire({ name: "event", body: sampleTask({ phase: "step-ended", sentence: "Said it." }) }),
    );
    expect(quiet.announcement.id).toBe(0);
  });
});

describe("the agent", () => {
  const agentEvent = (where: ReturnType<typeof sampleWhere>): Action =>
    wire({ name: "agent", body: where });
  const there = sampleAgent({ node: "companion", body: "desktop", epoch: 4 });
  it("is known from the snapshot on, and follows its events", () => {
    expect(run(opened).agent.where?.value.agent?.node).toBe("timmy");
    const moved = run(opened, agentEvent(sampleWhere({ agent: there })));
    expect(moved.agent.where?.value.agent?.node).toBe("companion");
  });
  it("has its arrival in another body said once, and not its way there", () => {
    const leaving = sampleAgent({ life: "leaving", departed_to: "companion" });
    const arriving = sampleAgent({ node: "companion", body: "desktop", life: "arriving" });
    const onWay = run(
      opened,
      agentEvent(sampleWhere({ agent: leaving })),
      agentEvent(sampleWhere({ agent: arriving })),
    );
    expect(onWay.announcement.id).toBe(0);
    const arrived = reduce(onWay, agentEvent(sampleWhere({ agent: there })));
    expect(arrived.announcement.text).toBe("Timmy lives in the desktop companion now.");
    const again = reduce(arrived, agentEvent(sampleWhere({ agent: there })));
    expect(again.announcement.id).toBe(arrived.announcement.id);
  });
  it("has each new proposal said, but not that one is gone", () => {
    const waiting = [{ digest: "d1", sentence: "Drive.", from: "peer" as const, until_ms: 1 }];
    const asks = run(opened, agentEvent(sampleWhere({ agent: sampleAgent({ waiting }) })));
    expect(asks.announcement.text).toBe("Timmy asks for your yes.");
    const gone = reduce(asks, agentEvent(sampleWhere()));
    expect(gone.announcement.id).toBe(asks.announcement.id);
  });
  it("has its decisions read again after each word of a new one, and after a silence", () => {
    const told = run(opened, wire({ name: "decision", body: {} }), { type: "link-broke" }, opened);
    expect(told.agent.decisionsTold).toBe(3);
  });
});
