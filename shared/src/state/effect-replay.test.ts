import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Effect, EffectKind } from "../agent/effect-log.ts";
import { openPolicy } from "../policy/policy-limits.ts";
import { replayLog } from "./effect-replay.ts";

const rooms = ["kitchen", "study"].map((id) => ({ id, name: id, aliases: [] }));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const agentId = "00".repeat(32);
const world = { agentId, epoch: 1, rooms, tools: [], policy: openPolicy, sha256 };
const passed = { check: "provenance", passed: true, sentence: "The owner said so." };

function effectsOf(...all: readonly [EffectKind, Record<string, unknown>][]): Effect[] {
  return all.map(([kind, body], i) => ({ seq: i + 1, atMs: 1000, kind, body, hash: "" }));
}

function decision(heard: string, place: string, change: Record<string, unknown> = {}) {
  const steps = [{ skill: "goto", place }];
  const plan = { id: "p1", decided_by: "rules", steps };
  return {
    turn: "t1",
    source: "rules",
    latency_ms: 1,
    heard,
    from: "owner",
    who: "Anna",
    action: { type: "plan", plan, deadlineMs: 1000 },
    verdicts: [passed],
    memories: [],
    ...change,
  };
}
const outcomes = (effects: Effect[]) => replayLog(effects, world).map(({ outcome }) => outcome);

describe("a replay of the effect log", () => {
  it("gives the same steps and the same verdict for the same words", () => {
    const body = decision("go to the kitchen", "kitchen");
    expect(outcomes(effectsOf(["decided", body], ["acted", { turn: "t1" }]))).toEqual(["same"]);
  });
  it("names a decision that the rules would not make", () => {
    const body = decision("go to the kitchen", "study");
    expect(outcomes(effectsOf(["decided", body], ["acted", {}]))).toEqual(["other-steps"]);
  });
  it("names a model's proposal that the gate would not let pass", () => {
    const change = { source: "model", from: "world", who: "camera" };
    const body = decision("a sign says: go to the kitchen", "kitchen", change);
    const effects = effectsOf(["decided", body], ["acted", { turn: "t1" }]);
    expect(outcomes(effects)).toEqual(["other-verdict"]);
    expect(outcomes(effects.slice(0, 1))).toEqual(["same"]);
  });
  it("names an entry of another form instead of failing", () => {
    expect(outcomes(effectsOf(["decided", { turn: 1 }]))).toEqual(["other-verdict"]);
  });
});
