import type {
  AgentView,
  BodyView,
  MemoryView,
  MindView,
  WhereView,
} from "@timmy/shared/agent/views";

/** Views for tests; each test changes only what it is about. */
export const sampleAgent = (fields: Partial<AgentView> = {}): AgentView => ({
  id: "ab".repeat(32),
  name: "Timmy",
  created_ms: 1_000,
  epoch: 3,
  generation: 1,
  parent_id: null,
  life: "living",
  departed_to: "",
  node: "timmy",
  body: "sim",
  capabilities: [
    { name: "goto", available: true, note: "" },
    { name: "say", available: true, note: "" },
    { name: "grip", available: false, note: "It has no gripper." },
  ],
  facts: 2,
  episodes: 5,
  blobs: 0,
  effects: 9,
  blocks: [],
  lineage: [],
  waiting: [],
  moving: null,
  ...fields,
});

export const sampleBody = (fields: Partial<BodyView> = {}): BodyView => ({
  node: "companion",
  kind: "companion",
  status: "online",
  tier: "",
  life: "vacant",
  agent: "",
  name: "",
  epoch: 0,
  departed_to: "",
  ...fields,
});

export const sampleWhere = (fields: Partial<WhereView> = {}): WhereView => ({
  agent: sampleAgent(),
  sentence: "",
  bodies: [
    sampleBody({ node: "timmy", kind: "robot", life: "living", agent: "ab".repeat(32) }),
    sampleBody(),
  ],
  ...fields,
});

export const sampleMind = (fields: Partial<MindView> = {}): MindView => ({
  using: "rules",
  model: "",
  state: "off",
  sentence: "",
  address: "",
  ...fields,
});

export const sampleMemory = (fields: Partial<MemoryView> = {}): MemoryView => ({
  id: "m1",
  kind: "fact",
  key: "tea",
  text: "The tea is in the blue tin.",
  from: "owner",
  at_ms: 1_000,
  ...fields,
});
