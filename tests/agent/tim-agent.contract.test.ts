import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Action, Provenance } from "@timmy/shared/agent/tim-agent";
import { type ErrorCode, errorTable, TimmyError } from "@timmy/shared/errors";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { acts, orders, percepts, ranks, say } from "./contract-acts.ts";
import { calm, type Inhabited, type Restored, substrates } from "./substrates.ts";

const folder = mkdtempSync(join(tmpdir(), "timmy-contract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

describe.each(substrates)("$name", (substrate) => {
  let home: Inhabited;
  let seed = 100;
  const others: Inhabited[] = [];
  beforeAll(async () => {
    home = await substrate.open();
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.stop();
  });
  afterAll(() => home.stop());
  async function open(...options: Parameters<typeof substrate.open>): Promise<Inhabited> {
    const other = await substrate.open(...options);
    others.push(other);
    return other;
  }
  const act = (action: Action, from: Provenance = "owner", body = home) =>
    body.settle(body.agent.act(action, calm({ from })));
  async function hear(text: string, from: Provenance = "owner", body = home) {
    const percept = { type: "text", text, from, who: "anna" } as const;
    const state = await body.agent.perceive(percept, calm());
    return body.settle(body.agent.decide(state, calm()));
  }
  async function turn(text: string, from: Provenance = "owner", body = home) {
    return act(await hear(text, from, body), from, body);
  }
  /** The code that a body without the capability answers instead. */
  function expected(action: Action, outcome: string, reason: ErrorCode | null) {
    const needs = action.type === "plan" ? action.plan.steps.map((s) => s.skill) : [action.type];
    const able = needs.every((name) =>
      home.agent.capabilities.some((one) => one.name === name && one.available),
    );
    return able ? { outcome, reason } : { outcome: "refused", reason: "no-capability" };
  }

  describe("its identity", () => {
    it("is the public key in its store", () => {
      expect(home.agent.identity.id).toMatch(/^[0-9a-f]{64}$/);
      expect(home.agent.identity.id).toBe(home.store.agent().id);
    });
    it("has a name, and begins in the first epoch", () => {
      expect(home.agent.identity).toMatchObject({ name: "Timmy", epoch: 1 });
    });
    it("is another one for another agent", async () => {
      expect((await open({ seed: 2 })).agent.identity.id).not.toBe(home.agent.identity.id);
    });
  });

  describe("its capabilities", () => {
    const types = "text speak move goto look grip call emit sleep stop say patrol dock".split(" ");
    it.each(types)("say whether it can %s", (name) => {
      const found = home.agent.capabilities.filter((one) => one.name === name);
      expect(found).toHaveLength(1);
      expect(found[0]?.available === true || found[0]?.note !== "").toBe(true);
    });
  });

  describe("perceive", () => {
    it.each(percepts)("takes in $type", async (percept) => {
      const state = await home.agent.perceive(percept, calm());
      expect(state.atMs).toBeGreaterThanOrEqual(0);
      for (const reading of [state.pose, state.rangeFrontM, state.speedMps, state.batteryV]) {
        expect(reading.valid === true || reading.valid === false).toBe(true);
        expect(reading.valid ? reading.ageMs < 1000 : true).toBe(true);
      }
    });
    it.each(ranks)("never parts a text from its source: %s", async (from) => {
      const percept = { type: "text", text: "hello", from, who: "anna" } as const;
      const { heard } = await home.agent.perceive(percept, calm());
      expect(heard).toEqual({ text: "hello", from, who: "anna" });
    });
    it("answers snapshots that later ones do not change", async () => {
      const first = await home.agent.perceive(
        { type: "text", text: "one", from: "owner", who: "a" },
        calm(),
      );
      await home.agent.perceive({ type: "text", text: "two", from: "world", who: "b" }, calm());
      expect(first.heard).toEqual({ text: "one", from: "owner", who: "a" });
    });
  });

  describe("decide", () => {
    it("proposes nothing when nothing was heard", async () => {
      await hear("hello");
      const state = await home.agent.perceive({ type: "sensor" }, calm());
      expect(await home.agent.decide({ ...state, heard: null }, calm())).toEqual({
        type: "text",
        text: "",
      });
    });
    it.each(["stop", "STOP!", "halt"])("makes a stop of %j without a mind", async (text) => {
      expect(await hear(text, "world")).toEqual({ type: "stop" });
    });
    it.each([
      ["asdf qwer", "not-understood"],
      ["", "empty-instruction"],
      ["x".repeat(10_000), "instruction-too-long"],
      ["go to the moon", "unknown-room"],
    ])("says why it has no plan for %.20j", async (text, refusal) => {
      expect(await hear(text)).toMatchObject({ type: "text", refusal });
    });
    it("makes a plan of what was said", async () => {
      const steps = [{ skill: "goto", place: "kitchen" }];
      expect(await hear("go to the kitchen")).toMatchObject({ type: "plan", plan: { steps } });
    });
    it("answers within its deadline when the mind never does", async () => {
      const body = await open({ mind: { decide: () => new Promise(() => {}) } });
      const percept = { type: "text", text: "say hello", from: "owner", who: "a" } as const;
      const state = await body.agent.perceive(percept, calm());
      const action = body.agent.decide(state, calm({ timeoutMs: 200 }));
      expect(await body.settle(action)).toMatchObject({ type: "text", refusal: "deadline-passed" });
    });
  });

  describe("act", () => {
    afterEach(async () => {
      // Whatever waits for a yes is dropped, so that no case answers for another.
      while ((await turn("no")).outcome === "done");
    });
    it.each(acts)("on %s ends as declared", async (_name, action, outcome, reason) => {
      const { agent, settle } = home;
      const result = await settle(agent.act(action, calm()));
      expect({ outcome: result.outcome, reason: result.reason }).toEqual(
        expected(action, outcome, reason),
      );
      expect(result.endMs).toBeGreaterThanOrEqual(result.startMs);
      expect(result.sentence).not.toBe("");
      if (result.reason !== null) expect(errorTable).toHaveProperty(result.reason);
    });
    it.each(orders)(
      "told by a %s %s asks the owner first",
      async (from, _, action, outcome, reason) => {
        const { agent, settle } = home;
        const result = await settle(agent.act(action, calm({ from })));
        expect({ outcome: result.outcome, reason: result.reason }).toEqual(
          expected(action, outcome, reason),
        );
      },
    );
    it("that nobody answers for is the agent's own word, not the owner's", async () => {
      const { signal } = new AbortController();
      const action: Action = { type: "call", tool: "remember", input: { key: "k", value: "v" } };
      const result = await home.settle(home.agent.act(action, { signal, timeoutMs: 1000 }));
      expect(result).toMatchObject({ outcome: "refused", reason: "needs-owner" });
    });
    it("does nothing once it was called off", async () => {
      const action = say("hello");
      const result = await home.settle(
        home.agent.act(action, calm({ signal: AbortSignal.abort("superseded") })),
      );
      expect({ outcome: result.outcome, reason: result.reason }).toEqual(
        expected(action, "aborted", "superseded"),
      );
    });
    it("does what waited, once, after the owner's yes, and not after a stranger's", async () => {
      const told = await turn("remember that my cup is blue", "peer");
      expect(told.reason).toBe("needs-owner");
      expect((await turn("yes", "peer")).outcome).toBe("refused");
      expect(await home.agent.recall("cup")).toBeNull();
      const shown = await turn("yes");
      expect(shown).toMatchObject({ outcome: "refused", reason: "needs-owner" });
      expect(shown.sentence).toContain("my cup is blue");
      expect((await turn("yes")).outcome).toBe("done");
      expect(await home.agent.recall("cup")).toMatchObject({ value: "my cup is blue" });
      expect((await turn("yes")).outcome).toBe("refused");
    });
    it("keeps what a stranger said a stranger's, also after the owner's yes", async () => {
      await turn("remember that my hat is red", "peer");
      await turn("yes");
      await turn("yes");
      expect(await home.agent.recall("hat")).not.toMatchObject({ from: "owner" });
    });
    it("takes no yes that the owner meant for something else", async () => {
      await turn("remember that my lamp is lit", "peer");
      await turn("yes");
      await turn("say hello");
      expect((await turn("yes")).outcome).toBe("refused");
      expect(await home.agent.recall("lamp")).toBeNull();
    });
    it("drops what waited after the owner's no", async () => {
      await turn("remember that my fork is lost", "peer");
      expect((await turn("no")).outcome).toBe("done");
      expect((await turn("yes")).outcome).toBe("refused");
    });
  });

  describe("memory", () => {
    it.each(ranks)("keeps that the %s said it", async (from) => {
      await home.agent.remember(`colour ${from}`, "green", from);
      expect(await home.agent.recall(`colour ${from}`)).toMatchObject({ value: "green", from });
    });
    it("does not let a stranger write over the owner", async () => {
      await home.agent.remember("door", "oak", "owner");
      await home.agent.remember("door", "paper", "world");
      expect(await home.agent.recall("door")).toMatchObject({ value: "oak", from: "owner" });
    });
    it("recalls nothing of what it was never told", async () => {
      expect(await home.agent.recall("never told")).toBeNull();
    });
    it("is taught and asked in words", async () => {
      expect((await turn("remember that my tea is in the kitchen")).outcome).toBe("done");
      expect((await turn("where is my tea?")).sentence).toContain("tea is in the kitchen");
    });
    it("never notes what a stranger said under the owner's name", async () => {
      await home.agent.remember("scarf", "my scarf is torn", "peer");
      expect((await turn("where is my scarf?")).sentence).toContain("torn");
      const noted = home.store.episodes({ limit: 100 }).filter(({ from }) => from === "owner");
      expect(noted.length).toBeGreaterThan(0);
      expect(noted.filter(({ content }) => content.includes("torn"))).toEqual([]);
    });
    it("finds by words, at most as many as asked for", async () => {
      for (let n = 0; n < 4; n++) await home.agent.remember(`jar ${n}`, "marmalade", "owner");
      expect(await home.agent.search("marmalade")).toHaveLength(4);
      expect(await home.agent.search("marmalade", 2)).toHaveLength(2);
    });
    it.each([
      ["nothing", ""],
      ["operators", 'a" OR NOT (b* NEAR/2 c) -'],
      ["an emoji", "🫖"],
      ["Chinese", "厨房在哪里"],
      ["a megabyte", "tea ".repeat(250_000)],
    ])("takes %s as an ordinary query", async (_, query) => {
      expect(Array.isArray(await home.agent.search(query))).toBe(true);
    });
  });

  describe("communicate", () => {
    it("tells the owner", async () => {
      await expect(home.agent.communicate({ to: "owner", text: "hi" })).resolves.toBeUndefined();
    });
    it("writes to nobody else without the owner", async () => {
      const sent = home.agent.communicate({ to: "bob", text: "hi" });
      await expect(sent).rejects.toMatchObject({ code: "needs-owner" });
    });
  });

  describe("the effect log", () => {
    it("tells of a turn in its order, and its chain holds", async () => {
      const before = home.store.effects.head().seq;
      await turn("remember that my book is on the shelf");
      const entries = home.store.effects.after(before, 10);
      expect(entries.map(({ kind }) => kind)).toEqual(["perceived", "decided", "acted", "result"]);
      expect(entries[1]?.body).toMatchObject({ source: "rules", from: "owner", who: "anna" });
      expect(home.store.effects.verify()).toBeNull();
    });
    it("tells of what was refused, and that nothing was done", async () => {
      const before = home.store.effects.head().seq;
      await turn("remember that my ring is gone", "world");
      const entries = home.store.effects.after(before, 10);
      expect(entries.map(({ kind }) => kind)).toEqual(["perceived", "decided", "result"]);
    });
  });

  describe("its state", () => {
    async function taught(): Promise<Inhabited> {
      const body = await open({ seed: ++seed });
      await turn("remember that my tea is in the kitchen", "owner", body);
      return body;
    }
    async function leave(body: Inhabited, mode: "snapshot" | "move" | "fork", sealed = true) {
      const path = join(folder, `${files++}.timmy`);
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      const seal = sealed ? { secret: { kind: "recipient", recipient } as const } : {};
      const options = { mode, signal: new AbortController().signal, timeoutMs: 30_000 };
      const receipt = await body.agent.exportState({ to: "file", path, ...seal }, options);
      const from = sealed ? { path, secret: { kind: "identity", identity } as const } : { path };
      return { path, receipt, from };
    }
    function living(restored: Restored): Inhabited {
      if (!restored.ok) throw new TimmyError(restored.code, restored.sentence);
      others.push(restored.body);
      return restored.body;
    }
    it("as a snapshot is the same agent that remembers the same", async () => {
      const body = await taught();
      const { from } = await leave(body, "snapshot");
      const again = living(await substrate.fromState(from, ++seed));
      expect(again.agent.identity).toEqual(body.agent.identity);
      expect((await turn("where is my tea?", "owner", again)).sentence).toContain("in the kitchen");
      expect(await again.agent.recall("tea")).toMatchObject({ from: "owner" });
    });
    it("moves: the old body refuses and says so, the new one lives in the next epoch", async () => {
      const body = await taught();
      const { from } = await leave(body, "move");
      expect(await act({ type: "text", text: "hi" }, "owner", body)).toMatchObject({
        outcome: "refused",
        reason: "agent-departed",
      });
      const again = living(await substrate.fromState(from, ++seed));
      const { id } = body.agent.identity;
      expect(again.agent.identity).toMatchObject({ id, epoch: 2 });
      expect((await turn("where is my tea?", "owner", again)).outcome).toBe("done");
    });
    it("once it left is neither written nor exported again, but a stop still stops", async () => {
      const body = await taught();
      await leave(body, "move");
      const departed = { code: "agent-departed" };
      await expect(body.agent.remember("a", "b", "owner")).rejects.toMatchObject(departed);
      await expect(leave(body, "snapshot")).rejects.toMatchObject(departed);
      expect((await act({ type: "stop" }, "world", body)).outcome).toBe("done");
    });
    it("as a fork is another agent that knows whom it comes from", async () => {
      const body = await taught();
      const { from } = await leave(body, "fork");
      const again = living(await substrate.fromState(from, ++seed));
      expect(again.agent.identity.id).not.toBe(body.agent.identity.id);
      expect(again.store.agent().parentId).toBe(body.agent.identity.id);
      expect((await act({ type: "text", text: "hi" }, "owner", body)).outcome).toBe("done");
    });
    it("without its key does not live elsewhere", async () => {
      const { from } = await leave(await taught(), "snapshot", false);
      const refused = await substrate.fromState(from, ++seed);
      expect(refused).toMatchObject({ ok: false, code: "state-needs-key" });
    });
    it("that was damaged is refused, and so is one for another passphrase", async () => {
      const { from, path } = await leave(await taught(), "snapshot");
      const bytes = readFileSync(path);
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
      const { secret } = from;
      const damaged = { bytes, ...(secret === undefined ? {} : { secret }) };
      const refused: unknown = await substrate.fromState(damaged, ++seed).catch((e: unknown) => e);
      expect(refused).toMatchObject({ code: expect.stringMatching(/^state-/) });
      const stranger = { kind: "identity", identity: await generateX25519Identity() } as const;
      const opened: unknown = await substrate
        .fromState({ path, secret: stranger }, ++seed)
        .catch((e: unknown) => e);
      expect(opened).toMatchObject({ code: "state-locked" });
    });
    it("goes to no node as long as there is no way to one", async () => {
      const options = {
        mode: "move",
        signal: new AbortController().signal,
        timeoutMs: 1000,
      } as const;
      const sent = home.agent.exportState({ to: "node", node: "elsewhere" }, options);
      await expect(sent).rejects.toMatchObject({ code: "no-capability" });
      expect(home.store.agent().status).toBe("living");
    });
  });

  it("shuts down twice without a word", async () => {
    const body = await open({ seed: 3 });
    await body.settle(body.agent.shutdown());
    await body.settle(body.agent.shutdown());
  });
});
