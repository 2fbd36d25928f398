import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type FakeOllama, startFakeOllama } from "../fake-ollama/fake-ollama.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

/** The model goes elsewhere than the rules would, so that each answer shows whose it is. */
const plan = JSON.stringify({
  verdict: "plan",
  steps: [{ skill: "say", place: "none", phrase: "I am here." }],
});
const fakes: FakeOllama[] = [];
afterEach(endAll);
afterAll(async () => {
  for (const fake of fakes) await fake.stop();
});

async function withModel(): Promise<{ timmy: RunningTimmy; fake: FakeOllama }> {
  const fake = await startFakeOllama({ answer: plan });
  fakes.push(fake);
  const timmy = await startTimmy(["--headless", "--model", "fake:1b"], {
    OLLAMA_HOST: new URL(fake.url).host,
  });
  await timmy.hears('"state":"ready"');
  return { timmy, fake };
}
type Decision = Readonly<Record<string, unknown>>;
async function newest(timmy: RunningTimmy): Promise<Decision> {
  const { decisions } = (await timmy.read("/api/agent/decisions?limit=1")) as {
    decisions: Decision[];
  };
  return decisions[0] ?? {};
}
const hear = async (timmy: RunningTimmy, text: string) =>
  (await timmy.post("/api/agent/hear", { text })).body;

describe("a house with a model", () => {
  it("decides by it, with what it remembers, and shows name, checks and memories", async () => {
    const { timmy, fake } = await withModel();
    await hear(timmy, "remember that the kettle is in the kitchen");
    expect(await hear(timmy, "tell me about the kettle")).toMatchObject({
      ok: true,
      sentence: 'I will say "I am here.".',
    });
    const decision = await newest(timmy);
    expect(decision).toMatchObject({
      decided_by: "model",
      model: "fake:1b",
      heard: "tell me about the kettle",
      steps: ['say "I am here."'],
    });
    expect(decision["memories"]).toContainEqual({
      text: "kettle: the kettle is in the kitchen",
      from: "owner",
    });
    const checks = (decision["verdicts"] as { check: string; passed: boolean }[]).map(
      ({ check }) => check,
    );
    expect(checks).toEqual(
      expect.arrayContaining(["schema", "possible", "envelope", "provenance"]),
    );
    const asked = JSON.stringify(fake.requests.filter(({ path }) => path === "/api/chat").at(-1));
    expect(asked).toContain("the kettle is in the kitchen");
  });

  it("is killed and comes back: the rules decide meanwhile, say so, and give way by themselves", async () => {
    const { timmy, fake } = await withModel();
    await fake.kill();
    const text = "go to the kitchen and say hello";
    expect(await hear(timmy, text)).toMatchObject({
      sentence: 'I will go to the kitchen, then say "hello".',
    });
    expect(await newest(timmy)).toMatchObject({ decided_by: "rules", model: "" });
    await timmy.hears('"using":"rules"');
    await timmy.post("/api/robot/stop", {});
    const safety = (await timmy.state("safety")) as { generation: number };
    await timmy.post("/api/robot/reset", { generation: safety.generation });
    await fake.revive();
    await timmy.hears('"using":"fake:1b"');
    expect(await hear(timmy, text)).toMatchObject({ sentence: 'I will say "I am here.".' });
    expect(await newest(timmy)).toMatchObject({ decided_by: "model", model: "fake:1b" });
  });

  it("talks: words stream, tools pass the agent's gate, and what they did is seen", async () => {
    const { timmy, fake } = await withModel();
    fake.state.answer = "I am on my way.";
    fake.state.tools = [{ name: "go_to", arguments: { room: "kitchen" } }];
    const pieces = await timmy.chat("Could you look after the kitchen?");
    const tool = pieces.find(({ type }) => type === "tool");
    expect(tool).toMatchObject({ name: "go_to", outcome: expect.stringContaining("begun") });
    expect(pieces.map(({ text }) => text ?? "").join("")).toContain("I am on my way.");
    const last = { type: "done", decided_by: "fake:1b", interrupted: false };
    expect(pieces.at(-1)).toMatchObject(last);
    await timmy.hears(/"phase":"ended".*"outcome":"done".*"room":"kitchen"/);
    expect(timmy.truth().contacts).toBe(0);
    // A tool that does not exist is refused by the gate, and said.
    fake.state.tools = [{ name: "open_safe", arguments: {} }];
    const refused = await timmy.chat("And now the safe.");
    expect(refused.find(({ type }) => type === "tool")?.["outcome"]).toContain("no such tool");
  });

  it("stops at a word in the middle of a talk with a model that hangs", async () => {
    const { timmy, fake } = await withModel();
    await hear(timmy, "say hello");
    fake.state.fault = "silent";
    const hung = hear(timmy, "tidy up a bit");
    await expect
      .poll(() => fake.requests.filter(({ path }) => path === "/api/chat").length, {
        timeout: 5000,
      })
      .toBeGreaterThan(1);
    const stopped = await hear(timmy, "stop");
    expect(stopped).toMatchObject({ ok: true, sentence: expect.stringContaining("Stopped") });
    expect(await hung).toMatchObject({ ok: false });
  });
});
