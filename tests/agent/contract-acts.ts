import type { Action, Percept, Provenance } from "@timmy/shared/agent/tim-agent";
import type { ErrorCode } from "@timmy/shared/errors";

const deadlineMs = 10_000;
const plan = (...steps: Extract<Action, { type: "plan" }>["plan"]["steps"]): Action => ({
  type: "plan",
  plan: { id: "p", decided_by: "owner", steps },
  deadlineMs,
});
export const say = (text: string) => plan({ skill: "say", text });

export const percepts: readonly Percept[] = [
  { type: "text", text: "hello", from: "owner", who: "anna" },
  { type: "image", frameId: "f" },
  { type: "audio", clipId: "c" },
  { type: "sensor" },
  { type: "motion", moving: true },
  { type: "network", connected: false },
  { type: "internal", note: "n" },
];
export const ranks: readonly Provenance[] = ["owner", "agent", "peer", "world"];

/** What the contract says of an act where the body can do it: its outcome and code. */
export const acts: readonly (readonly [string, Action, string, ErrorCode | null])[] = [
  ["a text", { type: "text", text: "hello" }, "done", null],
  [
    "a refusal",
    { type: "text", text: "no", refusal: "not-understood" },
    "refused",
    "not-understood",
  ],
  ["speech", { type: "speak", text: "hello" }, "done", null],
  ["a plan that speaks", say("hello"), "done", null],
  ["a nap", { type: "sleep", durationMs: 100 }, "done", null],
  ["an unknown place", { type: "goto", place: "moon", deadlineMs }, "refused", "unknown-room"],
  ["a room that is not there", plan({ skill: "goto", place: "moon" }), "refused", "unknown-room"],
  ["a grip", { type: "grip", closed: true, deadlineMs }, "done", null],
  ["a message to a topic", { type: "emit", topic: "a/b", text: "x" }, "refused", "topic-unknown"],
  ["an unknown tool", { type: "call", tool: "rm", input: {} }, "refused", "tool-unknown"],
  [
    "a tool with a field too many",
    { type: "call", tool: "recall", input: { query: "tea", path: "x" } },
    "refused",
    "tool-input",
  ],
  [
    "a memory that is not there",
    { type: "call", tool: "recall", input: { query: "unicorn" } },
    "refused",
    "unknown-memory",
  ],
  [
    "a move without end",
    { type: "move", goal: { xM: Number.POSITIVE_INFINITY, yM: 0 }, deadlineMs },
    "refused",
    "gate-malformed",
  ],
  [
    "a move to nowhere",
    { type: "move", goal: { xM: Number.NaN, yM: 0 }, deadlineMs },
    "refused",
    "gate-malformed",
  ],
  [
    "a turn without a deadline",
    { type: "look", headingRad: 0, deadlineMs: 0 },
    "refused",
    "gate-malformed",
  ],
  [
    "a speech of 501 letters",
    { type: "speak", text: "x".repeat(501) },
    "refused",
    "gate-malformed",
  ],
  ["half a character", { type: "speak", text: "\ud800" }, "refused", "gate-malformed"],
  ["a nap of a negative time", { type: "sleep", durationMs: -1 }, "refused", "gate-malformed"],
  ["a plan without steps", plan(), "refused", "gate-malformed"],
];

/** Orders of somebody who is not the owner, and what becomes of them. */
export const orders: readonly (readonly [Provenance, string, Action, string, ErrorCode | null])[] =
  [
    ["peer", "to speak", { type: "speak", text: "hello" }, "done", null],
    [
      "peer",
      "to remember",
      { type: "call", tool: "remember", input: { key: "k", value: "v" } },
      "refused",
      "needs-owner",
    ],
    [
      "world",
      "to recall",
      { type: "call", tool: "recall", input: { query: "tea" } },
      "refused",
      "needs-owner",
    ],
    ["peer", "to drive", { type: "goto", place: "kitchen", deadlineMs }, "refused", "needs-owner"],
    ["agent", "to drive", { type: "goto", place: "kitchen", deadlineMs }, "refused", "needs-owner"],
    ["world", "to turn", { type: "look", headingRad: 1, deadlineMs }, "refused", "needs-owner"],
  ];
