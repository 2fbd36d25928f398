import { missingName } from "@timmy/shared/agent/ability-words";
import { describe, expect, it } from "vitest";
import { sampleAgent, sampleBody, sampleMind, sampleWhere } from "./agent-samples.ts";
import {
  barWords,
  formatBytes,
  formatLatency,
  holdsCopy,
  livesElsewhere,
  livesWords,
  lostThere,
  mindWords,
  movePhase,
  nodeName,
  plural,
  stepWords,
  toolInput,
  toolOutcome,
  whyNotThere,
} from "./agent-words.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { createDashboardState } from "./dashboard-state.ts";

const page = (where = sampleWhere(), node = "timmy"): DashboardState => {
  const state = createDashboardState(0);
  return { ...state, node, agent: { ...state.agent, where: { value: where, atMs: 0 } } };
};

describe("the bar", () => {
  it("names the agent and its body, with the tier of the body", () => {
    const bodies = [sampleBody({ node: "timmy", kind: "robot", tier: "simulated" })];
    expect(barWords(page(sampleWhere({ bodies })))).toMatchObject({
      name: "Timmy",
      body: "Robot timmy",
      tier: "simulated",
      isOdd: false,
    });
  });
  it("says it in as many words when the agent is on its way, gone, or unknown", () => {
    const of = (fields: Parameters<typeof sampleAgent>[0]) =>
      barWords(page(sampleWhere({ agent: sampleAgent(fields) }))).body;
    expect(of({ life: "leaving", departed_to: "companion" })).toBe("Moving to companion");
    expect(of({ life: "arriving" })).toBe("Arriving in timmy");
    expect(of({ life: "departed", departed_to: "attic" })).toBe("Left for attic");
    expect(barWords(page(sampleWhere({ agent: null }))).body).toBe("No living agent");
  });
  it("falls back on the robot's own words before any agent was heard of", () => {
    expect(barWords(createDashboardState(0))).toMatchObject({
      name: "Timmy",
      body: "Body unknown",
    });
  });
});

describe("where it lives", () => {
  it("is one sentence, and never claims life where there is none", () => {
    for (const life of ["leaving", "arriving", "departed", "vacant"] as const) {
      const { title } = livesWords(sampleWhere({ agent: sampleAgent({ life }) }));
      expect(title, life).not.toContain("Lives in");
    }
    const none = livesWords(sampleWhere({ agent: null, sentence: "Start a body." }));
    expect(none).toEqual({ title: "No living agent is known.", more: "Start a body." });
  });
  it("is told on the house only when the robot there is not its body", () => {
    expect(livesElsewhere(page())).toBe("");
    expect(livesElsewhere(page(sampleWhere({ agent: null })))).toBe("");
    const away = sampleWhere({ agent: sampleAgent({ node: "companion", body: "desktop" }) });
    expect(livesElsewhere(page(away))).toContain("lives in the desktop companion");
    // A robot that is not heard may be the one it went to.
    const gone = { node: "companion", body: "desktop", life: "departed" } as const;
    expect(livesElsewhere(page(sampleWhere({ agent: sampleAgent(gone) })))).toBe("");
  });
  it("names a companion once where its node is called so", () => {
    expect(nodeName({ kind: "companion", node: "companion" })).toBe("the companion");
    expect(nodeName({ kind: "robot", node: "attic" })).toBe("the robot attic");
  });
});

describe("moving", () => {
  it("is possible into an empty body that is online, and only from a settled life", () => {
    const agent = sampleAgent();
    expect(whyNotThere(agent, sampleBody())).toBe("");
    expect(whyNotThere(agent, sampleBody({ life: "departed" }))).toBe("");
    expect(whyNotThere(agent, sampleBody({ status: "lost" }))).toBe("the body is lost");
    expect(whyNotThere(agent, sampleBody({ node: "timmy" }))).toBe("it lives there");
    const taken = sampleBody({ life: "living", name: "Greta" });
    expect(whyNotThere(agent, taken)).toBe("Greta lives there");
    expect(whyNotThere(sampleAgent({ life: "leaving" }), sampleBody())).not.toBe("");
    const copy = sampleBody({ life: "arriving", agent: agent.id });
    expect([holdsCopy(agent, copy), whyNotThere(agent, copy)]).toEqual([true, ""]);
    expect(holdsCopy(sampleAgent({ life: "leaving" }), copy)).toBe(false);
    expect(whyNotThere(agent, sampleBody({ life: "arriving", agent: "other" }))).not.toBe("");
    expect(whyNotThere(null, sampleBody())).not.toBe("");
  });
  it("says what needs wheels and would be lost in a companion, and guesses about no robot", () => {
    const lost = ["go to a place", "say something aloud"];
    expect(lostThere(sampleAgent(), sampleBody())).toEqual(lost);
    const cannot = [{ name: "goto", available: false, note: "No wheels." }];
    expect(lostThere(sampleAgent({ capabilities: cannot }), sampleBody())).toEqual([]);
    expect(lostThere(sampleAgent(), sampleBody({ kind: "robot" }))).toEqual([]);
    expect(missingName("cannot goto here")).toBe("go to a place");
    expect(missingName("cannot juggle here")).toBe("juggle");
  });
  it("has words for each phase", () => {
    const phases = (["asking", "sending", "settling"] as const).map((phase) =>
      movePhase({ to: "a", phase, bytes: 0, of: 0 }),
    );
    expect(new Set(phases).size).toBe(3);
  });
});

describe("the model's line", () => {
  it("says who decides, and never names a model that does not answer as the decider", () => {
    const ready = mindWords(sampleMind({ state: "ready", using: "m:1b", model: "m:1b" }));
    expect(ready).toMatchObject({ title: "m:1b decides.", isReady: true });
    for (const state of ["loading", "away", "missing-model", "refused", "off", "ready"] as const) {
      const { title, isReady } = mindWords(sampleMind({ state, model: "m:1b" }));
      expect(title, state).toMatch(/^The rules decide[:.]/);
      expect(isReady, state).toBe(false);
    }
  });
});

describe("figures", () => {
  it("carry their unit and no more digits than help", () => {
    expect([0, 999, 1499, 999_499, 1_480_000].map(formatBytes)).toEqual([
      "0\u202fB",
      "999\u202fB",
      "1\u202fkB",
      "999\u202fkB",
      "1.5\u202fMB",
    ]);
    expect([0.3, 12.4, 1240].map(formatLatency)).toEqual([
      "under 1\u202fms",
      "12\u202fms",
      "1.2\u202fs",
    ]);
    expect(plural(2310, "episode")).toBe("2\u2009310 episodes");
    expect(plural(1, "memory", "memories")).toBe("1 memory");
  });
});

describe("a tool's call", () => {
  it("is done or refused only where its words begin so", () => {
    expect(toolOutcome("")).toEqual({ status: "running", words: "" });
    expect(toolOutcome("done: It is noted.")).toEqual({ status: "done", words: "It is noted." });
    expect(toolOutcome("refused: No.").status).toBe("refused");
    expect(toolOutcome("unconfirmed").status).toBe("failed");
    expect(toolOutcome("You told me: done.")).toEqual({
      status: "told",
      words: "You told me: done.",
    });
  });
  it("reads as a step like any other", () => {
    expect(stepWords('recall {"query":"tea"}')).toBe("recall (query: tea)");
    expect(stepWords('say "{}"')).toBe('say "{}"');
  });
  it("shows its input field by field, and what is no object as it came", () => {
    expect(toolInput('{"key":"tea","n":2}')).toBe("key: tea, n: 2");
    expect(toolInput("[1]")).toBe("[1]");
    expect(toolInput("{broken")).toBe("{broken");
  });
});
