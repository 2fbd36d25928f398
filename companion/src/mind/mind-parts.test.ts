import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { answered, asked, closedBreaker, mayAsk } from "./breaker.ts";
import { withDeadlines } from "./deadlines.ts";
import { newEnough, readOllamaAddress } from "./ollama-address.ts";
import { checkPlanText } from "./plan-check.ts";
import { choicesFor, formatOf } from "./plan-format.ts";
import { examineServer } from "./server-check.ts";
import { createSingleFlight } from "./single-flight.ts";

const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the address of a model server", () => {
  it.each([
    ["", "http://127.0.0.1:11434"],
    ["localhost", "http://localhost:11434"],
    [":8080", "http://127.0.0.1:8080"],
    ["http://[::1]:9", "http://[::1]:9"],
  ])("%j is %s", (given, url) => expect(readOllamaAddress(given)).toEqual({ ok: true, url }));
  it.each([
    "0.0.0.0",
    "192.168.1.4:11434",
    "https://localhost",
    "http://a:b@localhost",
    "127.evil.test",
    "::::",
  ])("%j is refused with the reason", (given) =>
    expect(readOllamaAddress(given)).toMatchObject({ ok: false, sentence: expect.any(String) }),
  );
  it.each([
    ["0.17.0", false],
    ["0.17.1", true],
    ["0.17.1-rc2", false],
    ["0.18.0-rc2", true],
    ["1.0.0", true],
    ["0.9.99", false],
    ["0.0.0", false],
    ["new", false],
  ])("version %s is new enough: %s", (version, fine) => expect(newEnough(version)).toBe(fine));
});

describe("the look at a server", () => {
  const server = (model: string, exposed: string | null) => ({
    address: "http://127.0.0.1:1",
    model,
    version: async () => "0.20.0",
    models: async () => ["here:latest", "far-cloud"],
    exposedAt: async () => exposed,
    load: async () => {},
    async *chat() {},
  });
  const look = (model: string, exposed: string | null = null) =>
    examineServer(server(model, exposed), createVirtualTime().timers, never());
  it("finds a model under its short name", async () => {
    await expect(look("here")).resolves.toBeUndefined();
  });
  it("refuses a server that the network reaches, and a model of a cloud", async () => {
    await expect(look("here", "10.0.0.7")).rejects.toMatchObject({
      code: "model-refused",
      message: expect.stringContaining("10.0.0.7"),
    });
    await expect(look("far-cloud")).rejects.toMatchObject({ code: "model-refused" });
  });
});

describe("the breaker", () => {
  const options = { failures: 2, restMs: 100 };
  it("opens after failures in a row, tries once after a rest, and closes on a good answer", () => {
    let state = answered(closedBreaker, "bad", 0, options);
    expect(mayAsk(state, 0)).toBe(true);
    state = answered(state, "bad", 10, options);
    expect(mayAsk(state, 109)).toBe(false);
    expect(mayAsk(state, 110)).toBe(true);
    state = asked(state);
    expect(mayAsk(state, 110)).toBe(false);
    expect(mayAsk(answered(state, "unknown", 111, options), 111)).toBe(true);
    expect(mayAsk(answered(state, "bad", 120, options), 219)).toBe(false);
    expect(answered(state, "good", 120, options)).toEqual(closedBreaker);
  });
});

describe("the queue of one", () => {
  it("lets one in, keeps the order, refuses too many, and frees the place of one that gave up", async () => {
    const flight = createSingleFlight(2);
    const leave = await flight.enter(never());
    const order: string[] = [];
    const ending = new AbortController();
    const gone = flight.enter(ending.signal).catch(() => order.push("gone"));
    const second = flight.enter(never()).then((end) => {
      order.push("second");
      return end;
    });
    await expect(flight.enter(never())).rejects.toMatchObject({ code: "model-busy" });
    ending.abort();
    await gone;
    leave();
    leave();
    (await second)();
    expect(order).toEqual(["gone", "second"]);
    (await flight.enter(never()))();
  });
});

describe("deadlines of a stream", () => {
  async function* deaf(pieces: readonly string[]) {
    yield* pieces;
    await new Promise(() => {});
  }
  it.each([
    ["no first piece", [], { firstMs: 10, gapMs: 50, wholeMs: 90 }, 10],
    ["no next piece", ["a"], { firstMs: 10, gapMs: 50, wholeMs: 90 }, 50],
    ["the whole", ["a"], { firstMs: 10, gapMs: 500, wholeMs: 90 }, 90],
  ] as const)("end a source that hears nothing: %s", async (_, pieces, deadlines, atMs) => {
    const time = createVirtualTime();
    const got: string[] = [];
    const reading = (async () => {
      for await (const piece of withDeadlines(
        () => deaf(pieces),
        deadlines,
        time.timers,
        never(),
      )) {
        got.push(piece);
      }
    })();
    const outcome = reading.catch((error: unknown) => error);
    await settled();
    time.advanceTo(atMs - 1);
    await settled();
    expect(time.pending().length).toBeGreaterThan(0);
    time.advanceTo(atMs);
    expect(await outcome).toMatchObject({ code: "model-silent" });
    expect(got).toEqual(pieces);
    expect(time.pending()).toEqual([]);
  });
});

describe("the check of a plan", () => {
  const rooms = [{ id: "kitchen", name: "kitchen", aliases: [] }];
  const question = { text: "go to the kitchen", rooms };
  const choices = choicesFor(question, ["goto", "say", "patrol"]);
  const check = (text: string, envelope: () => string | null = () => null) =>
    checkPlanText(text, question, choices, envelope);
  const one = (step: object) => JSON.stringify({ verdict: "plan", steps: [step] });
  const goto = one({ skill: "goto", place: "kitchen", phrase: "none" });

  it("takes a plan that fits", () => {
    expect(check(goto)).toMatchObject({
      kind: "plan",
      steps: [{ skill: "goto", place: "kitchen" }],
    });
  });
  it.each([
    ["schema", "no json"],
    ["schema", "[]"],
    ["schema", '{"verdict":"plan","steps":1e999}'],
    ["schema", one({ skill: "goto", place: "moon", phrase: "none" })],
    ["schema", one({ skill: "goto", place: "kitchen", phrase: "none", speed: 9 })],
    ["schema", one({ skill: "dock", place: "none", phrase: "none" })],
    ["schema", `{"verdict":"plan","steps":[]${" ".repeat(5000)}}`],
    ["bounds", '{"verdict":"plan","steps":[]}'],
    ["bounds", one({ skill: "goto", place: "none", phrase: "none" })],
    ["bounds", one({ skill: "goto", place: "house", phrase: "none" })],
    ["bounds", one({ skill: "patrol", place: "start", phrase: "none" })],
    ["bounds", one({ skill: "say", place: "none", phrase: "none" })],
  ])("refuses by %s: %s", (by, text) => {
    const found = check(text);
    expect(found.kind).toBe("wrong");
    expect(found.verdicts.at(-1)).toMatchObject({ check: by, passed: false });
  });
  it("refuses what is outside the envelope last", () => {
    const found = check(goto, () => "The door is shut.");
    expect(found).toMatchObject({ kind: "wrong", sentence: "The door is shut." });
    expect(found.verdicts.map(({ check: name }) => name)).toEqual([
      "schema",
      "bounds",
      "possible",
      "envelope",
    ]);
  });
  it("hears a no", () => {
    expect(check('{"verdict":"unsafe","steps":[]}')).toMatchObject({ code: "unsafe-instruction" });
  });
  it("gives a grammar enums only", () => {
    const kinds = JSON.stringify(formatOf(choices)).match(/"type":"\w+"/g);
    expect(new Set(kinds)).toEqual(new Set(['"type":"object"', '"type":"array"']));
  });
});
