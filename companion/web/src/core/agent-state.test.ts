import { describe, expect, it } from "vitest";
import { sampleAgent, sampleWhere } from "./agent-samples.ts";
import type { AgentState } from "./agent-state.ts";
import { agentOf, noAgent, reduceAgent } from "./agent-state.ts";

const heard = (atMs: number, agent = sampleAgent()): AgentState => ({
  ...noAgent,
  where: { value: sampleWhere({ agent }), atMs },
});
const renamed = sampleAgent({ name: "Tim" });

describe("an answer about the agent", () => {
  it("is shown at once, before an event says the same", () => {
    const state = reduceAgent(heard(10), { type: "agent-seen", agent: renamed, askedMs: 10 });
    expect(agentOf(state)?.name).toBe("Tim");
  });
  it("does not take the place of an event that came after it was asked for", () => {
    const state = heard(11);
    expect(reduceAgent(state, { type: "agent-seen", agent: renamed, askedMs: 10 })).toBe(state);
    expect(reduceAgent(state, { type: "blocks-seen", blocks: [], askedMs: 10 })).toBe(state);
  });
  it("counts for that agent only, and not for an earlier life of it", () => {
    const state = heard(10);
    const other = sampleAgent({ id: "cd".repeat(32) });
    expect(reduceAgent(state, { type: "agent-seen", agent: other, askedMs: 10 })).toBe(state);
    const past = sampleAgent({ epoch: 2 });
    expect(reduceAgent(state, { type: "agent-seen", agent: past, askedMs: 10 })).toBe(state);
  });
  it("makes no agent where none is known", () => {
    const none = { ...noAgent, where: { value: sampleWhere({ agent: null }), atMs: 1 } };
    expect(reduceAgent(none, { type: "blocks-seen", blocks: [], askedMs: 1 })).toBe(none);
  });
});

it("keeps the decisions that were read when they cannot be read again", () => {
  const value = { decisions: [] };
  const known = reduceAgent(noAgent, { type: "decisions-read", value, nowMs: 1 });
  const problem = { code: "x", sentence: "Away.", remedy: "", retryS: null };
  const failed = reduceAgent(known, { type: "decisions-failed", problem });
  expect(failed.decisions).toEqual({ known: { value, atMs: 1 }, problem });
});
