import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "./frame-codec.ts";
import { step } from "./link-machine.ts";
import { createLinkState, type LinkEffect, type LinkInput, type LinkState } from "./link-state.ts";
import { payloads } from "./payloads.ts";
import { ackCodes } from "./vocabulary.ts";

const session = 7;

/** Feeds inputs with a time to the machine and keeps what it did. */
function createTape() {
  let state: LinkState = createLinkState(session);
  let seq = 0;
  const effects: LinkEffect[] = [];
  const feed = (atMs: number, input: LinkInput) => {
    const done = step(state, input, atMs);
    state = done.state;
    effects.push(...done.effects);
    return done.effects;
  };
  const frame = (atMs: number, type: Frame["type"], payload: object, over: object = {}) => {
    seq++;
    const whole = { type, seq, tick: Math.floor(atMs), ...over, payload } as Frame;
    return feed(atMs, { kind: "frame", frame: whole });
  };
  return { feed, frame, effects, state: () => state };
}
const sent = (effects: readonly LinkEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.frame] : []));
const sentTypes = (effects: readonly LinkEffect[]) => sent(effects).map(({ type }) => type);
const coreHello = { session, nonce: 99, build: 1, generation: 1, tier: 3, capabilities: 0 };
const ack = (of: "arm" | "reset" | "stop" | "disarm", code: number, ofSeq: number, detail = 0) => ({
  session,
  of: payloads[of].code,
  ofSeq,
  code,
  detail,
  generation: 1,
});
const stateFrame = (mode: number, flags = 0) => ({
  ...Object.fromEntries(Object.keys(payloads.state.fields).map((name) => [name, 0])),
  mode,
  flags,
  generation: 1,
});

function upTape() {
  const tape = createTape();
  tape.feed(0, { kind: "start" });
  tape.feed(1, { kind: "opened" });
  tape.frame(2, "core-hello", coreHello);
  return tape;
}
function armedTape() {
  const tape = upTape();
  tape.feed(3, { kind: "arm", ask: 1 });
  const [armFrame] = sent(tape.frame(4, "core-hello", coreHello));
  tape.frame(5, "ack", ack("arm", ackCodes.ok, armFrame?.seq ?? 0));
  return tape;
}

describe("the link machine", () => {
  it("says hello on a new line, and is up once the core answered to this session", () => {
    const tape = createTape();
    expect(tape.feed(0, { kind: "start" })).toEqual([{ kind: "open" }]);
    expect(sentTypes(tape.feed(1, { kind: "opened" }))).toEqual(["hello"]);
    tape.frame(2, "core-hello", { ...coreHello, session: 8 });
    expect(tape.state().up).toBe(false);
    expect(tape.frame(3, "core-hello", coreHello)).toContainEqual({ kind: "link", up: true });
  });

  it("opens again with a pause that doubles up to two seconds", () => {
    const tape = createTape();
    tape.feed(0, { kind: "start" });
    const opens: number[] = [];
    for (let ms = 0; ms < 10_000; ms += 10) {
      const effects = tape.feed(ms, { kind: "pulse" });
      if (!effects.some(({ kind }) => kind === "open")) continue;
      opens.push(ms);
      tape.feed(ms, { kind: "closed" });
    }
    const pauses = opens.slice(1).map((ms, i) => ms - (opens[i] ?? 0));
    expect(pauses).toEqual([200, 400, 800, 1600, 2000, 2000, 2000]);
  });

  it("closes a line that was silent for 500 ms and tells that the link is down", () => {
    const tape = upTape();
    tape.feed(490, { kind: "pulse" });
    expect(tape.state().up).toBe(true);
    const effects = tape.feed(503, { kind: "pulse" });
    expect(effects).toContainEqual({ kind: "close" });
    expect(effects).toContainEqual({ kind: "link", up: false });
  });

  it("sends a heartbeat every 50 to 100 ms", () => {
    const tape = upTape();
    const beats: number[] = [];
    for (let ms = 10; ms < 400; ms += 10) {
      if (sentTypes(tape.feed(ms, { kind: "pulse" })).includes("heartbeat")) beats.push(ms);
    }
    for (const [i, ms] of beats.slice(1).entries()) {
      expect(ms - (beats[i] ?? 0)).toBeGreaterThanOrEqual(50);
      expect(ms - (beats[i] ?? 0)).toBeLessThanOrEqual(100);
    }
    expect(beats.length).toBeGreaterThan(3);
  });

  it("echoes the core's nonce to arm", () => {
    const tape = upTape();
    expect(sentTypes(tape.feed(3, { kind: "arm", ask: 1 }))).toEqual(["hello"]);
    const [armFrame] = sent(tape.frame(4, "core-hello", coreHello));
    expect(armFrame).toMatchObject({ type: "arm", payload: { session, nonce: 99 } });
    expect(tape.frame(5, "ack", ack("arm", ackCodes.ok, armFrame?.seq ?? 0))).toEqual([
      { kind: "answer", ask: 1, outcome: { ok: true } },
    ]);
  });

  it("answers a failed arming check with the sentence for a person", () => {
    const tape = upTape();
    tape.feed(3, { kind: "arm", ask: 1 });
    const [armFrame] = sent(tape.frame(4, "core-hello", coreHello));
    const refusal = ack("arm", ackCodes.checkFailed, armFrame?.seq ?? 0, 1);
    expect(tape.frame(5, "ack", refusal)).toMatchObject([
      { outcome: { ok: false, reason: "not-armed", detail: expect.stringContaining("e-stop") } },
    ]);
  });

  it("begins again with hello when an arm goes unanswered, and gives up after a second", () => {
    const tape = upTape();
    tape.feed(3, { kind: "arm", ask: 1 });
    expect(sentTypes(tape.feed(104, { kind: "pulse" }))).toContain("hello");
    tape.frame(400, "state", stateFrame(1));
    tape.frame(800, "state", stateFrame(1));
    const effects = tape.feed(1004, { kind: "pulse" });
    expect(effects).toMatchObject([
      { kind: "send" },
      { kind: "answer", outcome: { ok: false, reason: "link-down" } },
      { kind: "send", frame: { type: "disarm" } },
    ]);
  });

  it("sends no set-point before it armed", () => {
    const tape = upTape();
    const wish = { kind: "set-point", linearMps: 1, angularRadps: 0, ttlMs: 100 } as const;
    expect(tape.feed(3, wish)).toEqual([]);
    tape.feed(60, { kind: "pulse" });
    expect(sentTypes(tape.effects)).not.toContain("set-point");
  });

  it("repeats a set-point only with what is left of its life", () => {
    const tape = armedTape();
    tape.feed(100, { kind: "set-point", linearMps: 0.2, angularRadps: 0, ttlMs: 400 });
    const lives: [number, number][] = [[100, 250]];
    for (let ms = 110; ms < 600; ms += 10) {
      tape.frame(ms, "state", stateFrame(2));
      for (const frame of sent(tape.feed(ms, { kind: "pulse" }))) {
        if (frame.type === "set-point") lives.push([ms, frame.payload.ttlMs]);
      }
    }
    expect(lives.length).toBeGreaterThan(4);
    for (const [ms, ttlMs] of lives) expect(ms + ttlMs).toBe(350);
  });

  it("revokes the wish before when one comes that is no number", () => {
    const tape = armedTape();
    tape.feed(100, { kind: "set-point", linearMps: 0.2, angularRadps: 0, ttlMs: 250 });
    tape.feed(110, { kind: "set-point", linearMps: Number.NaN, angularRadps: 0, ttlMs: 250 });
    expect(sentTypes(tape.feed(160, { kind: "pulse" }))).not.toContain("set-point");
  });

  it("forgets that it armed as soon as the core says otherwise", () => {
    const tape = armedTape();
    tape.feed(100, { kind: "set-point", linearMps: 0.2, angularRadps: 0, ttlMs: 250 });
    tape.frame(110, "state", stateFrame(4));
    expect(tape.state()).toMatchObject({ armedIn: null, intent: null });
  });

  it("reports a stop only for a standstill measured after the core acknowledged it", () => {
    const tape = armedTape();
    const [stop] = sent(tape.feed(100, { kind: "halt", ask: 2, how: "stop", reason: "owner" }));
    expect(tape.frame(101, "state", stateFrame(4, 64)).some(({ kind }) => kind === "report")).toBe(
      false,
    );
    tape.frame(102, "ack", ack("stop", ackCodes.ok, stop?.seq ?? 0));
    expect(tape.frame(103, "state", stateFrame(3)).some(({ kind }) => kind === "report")).toBe(
      false,
    );
    expect(tape.frame(104, "state", stateFrame(4, 64))).toContainEqual({
      kind: "report",
      ask: 2,
      report: { state: "stopped", reason: "owner", speedMps: 0, generation: 1 },
    });
  });

  it("repeats a stop until it is acknowledged, and reports unconfirmed after two seconds", () => {
    const tape = armedTape();
    tape.frame(90, "state", { ...stateFrame(2), leftMps: 0.25, rightMps: -0.5 });
    tape.feed(100, { kind: "halt", ask: 2, how: "estop", reason: "owner" });
    for (let ms = 110; ms < 2100; ms += 10) tape.feed(ms, { kind: "pulse" });
    expect(sentTypes(tape.effects).filter((type) => type === "estop").length).toBeGreaterThan(3);
    expect(tape.feed(2100, { kind: "pulse" })).toContainEqual({
      kind: "report",
      ask: 2,
      report: { state: "unconfirmed", reason: "owner", speedMps: 0.5, generation: 1 },
    });
  });

  it("repeats no stop that was acknowledged", () => {
    const tape = armedTape();
    const [stop] = sent(tape.feed(100, { kind: "halt", ask: 2, how: "stop", reason: "owner" }));
    tape.frame(102, "ack", ack("stop", ackCodes.ok, stop?.seq ?? 0));
    for (let ms = 110; ms < 500; ms += 10) tape.feed(ms, { kind: "pulse" });
    expect(sentTypes(tape.effects).filter((type) => type === "stop")).toEqual(["stop"]);
  });

  it("says hello again to a core that forgot its session, and counts as unarmed", () => {
    const tape = armedTape();
    const forgot = { ...ack("arm", ackCodes.noSession, 0), of: payloads.heartbeat.code };
    expect(sentTypes(tape.frame(200, "ack", forgot))).toEqual(["hello"]);
    expect(tape.state().armedIn).toBeNull();
    expect(sentTypes(tape.frame(210, "ack", forgot))).toEqual([]);
  });

  it("sends a stop that was asked for without a line as soon as there is one", () => {
    const tape = createTape();
    tape.feed(0, { kind: "start" });
    tape.feed(5, { kind: "halt", ask: 2, how: "stop", reason: "owner" });
    expect(sentTypes(tape.feed(50, { kind: "opened" }))).toEqual(["hello", "stop"]);
  });

  it("drops frames whose sequence number does not advance", () => {
    const tape = upTape();
    tape.frame(10, "state", stateFrame(1), { seq: 500 });
    expect(tape.frame(11, "state", stateFrame(2), { seq: 500 })).toEqual([]);
    expect(tape.frame(12, "state", stateFrame(2), { seq: 400 })).toEqual([]);
    expect(tape.state()).toMatchObject({ dropped: 2, latest: { mode: "disarmed" } });
  });

  it("answers everything that waits when it is stopped", () => {
    const tape = armedTape();
    tape.feed(10, { kind: "reset", ask: 3, generation: 1 });
    tape.feed(11, { kind: "halt", ask: 4, how: "stop", reason: "owner" });
    const effects = tape.feed(20, { kind: "stop" });
    expect(effects.filter(({ kind }) => kind === "answer" || kind === "report")).toMatchObject([
      { ask: 3, outcome: { ok: false, reason: "link-down" } },
      { ask: 4, report: { state: "unconfirmed" } },
    ]);
    expect(effects).toContainEqual({ kind: "close" });
  });

  it("throws for no order of inputs, and never sends motion unarmed", () => {
    const input: fc.Arbitrary<LinkInput> = fc.oneof(
      fc.constantFrom<LinkInput>(
        { kind: "start" },
        { kind: "stop" },
        { kind: "opened" },
        { kind: "closed" },
        { kind: "pulse" },
        { kind: "disarm" },
        { kind: "arm", ask: 1 },
        { kind: "reset", ask: 2, generation: 1 },
        { kind: "halt", ask: 3, how: "stop", reason: "x" },
        { kind: "set-point", linearMps: 1, angularRadps: 1, ttlMs: 250 },
      ),
      fc
        .record({ type: fc.constantFrom("core-hello", "state", "ack", "event"), seq: fc.nat(99) })
        .map(({ type, seq }): LinkInput => {
          const payload = { ...coreHello, ...ack("arm", 0, seq), ...stateFrame(seq % 5), news: 2 };
          return { kind: "frame", frame: { type, seq, tick: seq, payload } as unknown as Frame };
        }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.nat(300)), { maxLength: 60 }), (script) => {
        const tape = createTape();
        let nowMs = 0;
        for (const [next, afterMs] of script) {
          nowMs += afterMs;
          const before = tape.state();
          const types = sentTypes(tape.feed(nowMs, next));
          if (before.armedIn === null) expect(types).not.toContain("set-point");
        }
      }),
      { numRuns: 500 },
    );
  });
});
