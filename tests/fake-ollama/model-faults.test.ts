import { createMinds } from "@timmy/companion/mind/minds";
import { createModelHost } from "@timmy/companion/mind/model-host";
import { createModelMind } from "@timmy/companion/mind/model-mind";
import { createOllamaServer } from "@timmy/companion/mind/ollama-server";
import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeOllama, startFakeOllama } from "./fake-ollama.ts";
import type { ChatFault, FakeOllamaState } from "./faults.ts";

const time = createSystemTime();
const makeId = createIds(time.clock, createRandom(1));
const rooms = [
  { id: "kitchen", name: "kitchen", aliases: [] },
  { id: "study", name: "study", aliases: ["b\u00fcro"] },
];
/** The model goes elsewhere than the rules would, so that each answer shows whose it is. */
const answer = JSON.stringify({
  verdict: "plan",
  steps: [
    { skill: "goto", place: "study", phrase: "none" },
    { skill: "say", place: "none", phrase: "Gr\u00fc\u00dfe \ud83d\ude80" },
  ],
});
const text = 'go to the kitchen and say "Gr\u00fc\u00dfe \ud83d\ude80"';
const decideMs = 700;
/** What a machine that is busy with other things may add to a deadline. */
const slackMs = 600;

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  ends = [];
});

async function open(given: Parameters<typeof startFakeOllama>[0] = {}) {
  const fake: FakeOllama = await startFakeOllama({ answer, ...given });
  ends.push(() => fake.stop());
  const logger = createMemoryLogger();
  const server = createOllamaServer(fake.url, "fake:1b");
  const host = createModelHost({ server, time, logger });
  ends.push(() => host.stop());
  host.start();
  await host.look();
  const minds = createMinds(
    {
      rules: createRulesMind(makeId),
      model: createModelMind({ host, clock: time.clock, makeId, envelope: () => null }),
      skills: () => ["goto", "say", "patrol", "dock", "stop"],
      time,
      logger,
    },
    { decideMs },
  );
  async function decide(said = text) {
    const startMs = performance.now();
    const memories = [{ id: "m1", text: "Anna likes tea", from: "owner" }] as const;
    const question = { text: said, rooms, context: { blocks: [], memories } };
    const found = await minds.decide(question, new AbortController().signal);
    const tookMs = performance.now() - startMs;
    const by = found.ok ? found.plan.decided_by : found.decidedBy;
    return { found, by, tookMs };
  }
  return { fake, host, decide, logger };
}

const faults: readonly ChatFault[] = [
  "refused",
  "error-mid-stream",
  "silent",
  "stall",
  "reset",
  "missing-model",
  "overloaded",
  "bad-json",
  "bad-line",
  "no-object",
  "wrong-schema",
  "not-a-number",
  "endless",
  "endless-line",
  "html-error",
  "no-end",
  "bad-utf8",
];

describe("a decision of the minds on a fake Ollama", () => {
  it("is the model's, with its name and checks, after it read what is known", async () => {
    const { decide, fake, host } = await open();
    expect(host.view()).toMatchObject({ state: "ready", using: "fake:1b", sentence: "" });
    const { found, by } = await decide();
    expect(by).toBe("model");
    expect(found).toMatchObject({
      ok: true,
      plan: {
        steps: [{ skill: "goto", place: "study" }, { text: "Gr\u00fc\u00dfe \ud83d\ude80" }],
      },
    });
    expect(found.model).toBe("fake:1b");
    expect(found.checks?.map(({ check, passed }) => [check, passed])).toEqual([
      ["schema", true],
      ["bounds", true],
      ["possible", true],
      ["envelope", true],
    ]);
    const chat = fake.requests.find(({ path }) => path === "/api/chat");
    expect(chat?.body).toMatchObject({ stream: true, think: false, options: { num_ctx: 4096 } });
    expect(JSON.stringify(chat?.body["messages"])).toContain("Anna likes tea");
    expect(JSON.stringify(chat?.body["format"])).not.toMatch(/number|integer|"string"/);
  });

  it("reads characters whose bytes arrive one by one", async () => {
    const { decide } = await open({ fault: "split" });
    const { found, by } = await decide();
    expect(by).toBe("model");
    expect(JSON.stringify(found)).toContain("Gr\u00fc\u00dfe \ud83d\ude80");
  });

  it("is repaired once with the validator's words", async () => {
    const { decide, fake } = await open({ fault: "wrong-once" });
    expect((await decide()).by).toBe("model");
    const chats = fake.requests.filter(({ path }) => path === "/api/chat");
    expect(chats).toHaveLength(2);
    expect(JSON.stringify(chats[1]?.body["messages"])).toContain("That was refused: steps.0");
  });

  it.each(faults)(
    "comes from the rules within its deadline on %s, and then recovers",
    async (fault) => {
      const { decide, fake, host } = await open();
      fake.state.fault = fault;
      const { found, by, tookMs } = await decide();
      expect(by).toBe("rules");
      expect(found).toMatchObject({ ok: true, plan: { steps: [{ place: "kitchen" }, {}] } });
      expect(tookMs).toBeLessThan(decideMs + slackMs);
      fake.state.fault = "none";
      await host.look();
      expect((await decide()).by).toBe("model");
    },
  );

  it("hangs up on a model that goes on for ever", async () => {
    const { decide, fake } = await open();
    fake.state.fault = "endless";
    await decide();
    await expect.poll(() => fake.open()).toBe(0);
  });

  it("comes at once when the process is gone, and from the model when it is back", async () => {
    const { decide, fake, host } = await open();
    await fake.kill();
    expect((await decide()).by).toBe("rules");
    expect(host.view()).toMatchObject({ state: "away", using: "rules" });
    await fake.revive();
    await host.look();
    expect(host.view().state).toBe("ready");
    expect((await decide()).by).toBe("model");
  });

  it("asks nothing of a model that failed three times in a row, and says so", async () => {
    const { decide, fake, host, logger } = await open();
    fake.state.fault = "bad-json";
    for (let i = 0; i < 3; i++) await decide();
    const before = fake.requests.length;
    expect((await decide()).by).toBe("rules");
    expect(fake.requests.length).toBe(before);
    expect(host.view()).toMatchObject({
      using: "rules",
      sentence: expect.stringContaining("left alone"),
    });
    const told = logger.lines.filter(({ message }) => message.startsWith("the rules decide"));
    expect(told).toHaveLength(1);
  });

  it.each(["stop", "STOP!", "halt, please"])("never shows %j to a model", async (said) => {
    const { decide, fake } = await open({ fault: "silent" });
    const { found, tookMs } = await decide(said);
    expect(found).toMatchObject({
      ok: true,
      plan: { decided_by: "rules", steps: [{ skill: "stop" }] },
    });
    expect(tookMs).toBeLessThan(50);
    expect(fake.requests.some(({ path }) => path === "/api/chat")).toBe(false);
  });
});

describe("a server that is not used", () => {
  const unused: readonly [Partial<FakeOllamaState>, string, string][] = [
    [{ version: "0.17.0" }, "refused", "0.17.0, older than 0.17.1"],
    [{ version: "0.17.1-rc0" }, "refused", "older than 0.17.1"],
    [{ models: ["other:1b"] }, "missing-model", "ollama pull fake:1b"],
  ];
  it.each(unused)("with %j is %s and says why", async (given, state, sentence) => {
    const { host, decide, fake } = await open(given);
    expect(host.view()).toMatchObject({ state, sentence: expect.stringContaining(sentence) });
    expect((await decide()).by).toBe("rules");
    expect(fake.requests.some(({ path }) => path === "/api/chat")).toBe(false);
  });

  it("is loading while the model comes into memory, and nobody waits for it", async () => {
    const fake = await startFakeOllama({ slowLoad: true });
    ends.push(() => fake.stop());
    const server = createOllamaServer(fake.url, "fake:1b");
    const host = createModelHost({ server, time, logger: createMemoryLogger() });
    ends.push(() => host.stop());
    host.start();
    await expect.poll(() => host.view().state).toBe("loading");
    expect(host.ready()).toBe(false);
  });
});
