import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { EventPayload, StatePayload } from "@timmy/shared/mqtt/payloads";
import { sampleMind, sampleWhere } from "./agent-samples.ts";
import type { RobotEvent, Snapshot, StateChange } from "./wire.ts";

/** Payloads for tests; each test changes only what it is about. */
const envelope = { v: 1, seq: 1, ts: 1_000_000 } as const;

export const samplePlan: FloorPlan = {
  name: "flat",
  width_m: 8,
  height_m: 4,
  rooms: [
    {
      id: "kitchen",
      name: "kitchen",
      aliases: [],
      outline: [
        [0, 0],
        [4, 0],
        [4, 4],
        [0, 4],
      ],
      goal: [1, 1],
    },
  ],
  solids: [],
  tags: [],
  dock: { x_m: 7, y_m: 2, heading_rad: 0 },
};

export const samplePose = (fields: Partial<StatePayload<"pose">> = {}): StateChange => ({
  group: "pose",
  payload: {
    ...envelope,
    x_m: 1,
    y_m: 2,
    heading_deg: 90,
    sigma_m: 0.05,
    sigma_heading_deg: 2,
    room: "kitchen",
    localised: true,
    tag_age_s: 1,
    ...fields,
  },
});

export const sampleDrive = (fields: Partial<StatePayload<"drive">> = {}): StateChange => ({
  group: "drive",
  payload: { ...envelope, mode: "armed", speed_mps: 0, turn_radps: 0, odometer_m: 3, ...fields },
});

export const sampleSafety = (fields: Partial<StatePayload<"safety">> = {}): StateChange => ({
  group: "safety",
  payload: {
    ...envelope,
    stop_state: "none",
    stop_reason: "",
    stop_speed_mps: null,
    generation: 4,
    link: "up",
    bad_commands: 0,
    arming: "",
    ...fields,
  },
});

export const sampleTask = (fields: Partial<EventPayload<"task">> = {}): RobotEvent => ({
  kind: "task",
  payload: {
    ...envelope,
    task_id: "t1",
    phase: "planned",
    instruction: "go to the kitchen and say hello",
    who: "companion",
    decided_by: "rules",
    steps: ["go to the kitchen", 'say "hello"'],
    step: 0,
    outcome: null,
    reason: null,
    sentence: "",
    x_m: null,
    y_m: null,
    speed_mps: null,
    room: null,
    duration_s: 0,
    ...fields,
  },
});

export const sampleStop = (fields: Partial<EventPayload<"stop">> = {}): RobotEvent => ({
  kind: "stop",
  payload: {
    ...envelope,
    state: "stopping",
    reason: "estop",
    generation: 5,
    speed_mps: null,
    ...fields,
  },
});

export const sampleSnapshot = (robot: Partial<Snapshot["robot"]> = {}): Snapshot => ({
  now_ms: 1_004_000,
  companion: { node: "companion", version: "0.1.0", mind: "rules" },
  treasury: null,
  agent: sampleWhere(),
  mind: sampleMind(),
  robot: {
    node: "timmy",
    status: "online",
    info: null,
    map: samplePlan,
    state: {},
    path: [],
    events: [],
    ...robot,
  },
});
