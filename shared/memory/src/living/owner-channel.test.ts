import { randomBytes } from "node:crypto";
import { createIds } from "@timmy/shared/ids";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { BusMessage } from "@timmy/shared/ports/bus";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createOwnerChannel, type OwnerHandlers } from "./owner-channel.ts";
import { createOwnerSeal } from "./owner-seal.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const key = randomBytes(32);
const fine = { ok: true, value: {} } as const;

function open() {
  const time = createVirtualTime();
  const broker = createMemoryBroker();
  const makeId = createIds(time.clock, createRandom(3));
  function body(node: string, ownerKey: Uint8Array | null = key) {
    const channel = createOwnerChannel({
      ...{ bus: broker.connect(), node, time, makeId, logger: createMemoryLogger() },
      encoder: createEncoder(time.clock),
      seal: ownerKey === null ? null : createOwnerSeal(ownerKey, randomBytes),
    });
    channel.start();
    return channel;
  }
  const wire: BusMessage[] = [];
  const spy = broker.connect();
  spy.subscribe("timmy/v1/#", (message) => wire.push(message));
  /** Lets virtual time pass until the promise is settled. */
  async function soon<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    for (let i = 0; !done && i < 400; i++) {
      await settled();
      time.advanceTo(time.clock.monotonicMs() + 100);
    }
    return promise;
  }
  return { time, broker, body, wire, spy, soon };
}
const textOf = (wire: readonly BusMessage[]) =>
  wire.map(({ payload }) => new TextDecoder().decode(payload)).join("\n");

describe("the owner's channel", () => {
  it("asks a body and gives its answer, and neither stands on the wire", async () => {
    const { body, wire, soon } = open();
    const asked: unknown[] = [];
    body("robot").serve({
      "agent.keep": (ask) => {
        asked.push(ask);
        const { key: about, text } = ask;
        return {
          ok: true,
          value: { id: "m", kind: "fact", key: about, text, from: "owner", at_ms: 1 },
        };
      },
    });
    const kept = await soon(
      body("cli").call("robot", "agent.keep", { key: "tea", text: "blue tin" }),
    );
    expect(kept).toMatchObject({ ok: true, value: { text: "blue tin" } });
    expect(asked).toEqual([{ key: "tea", text: "blue tin" }]);
    expect(wire.length).toBe(2);
    expect(textOf(wire)).not.toMatch(/blue|tea|agent\.keep/);
  });
  it("brings an answer of many pieces whole, emoji too", async () => {
    const { body, wire, soon } = open();
    const text = "\u{1F916} beep ".repeat(2400);
    body("robot").serve({
      "agent.memories": () => ({
        ok: true,
        value: {
          memories: Array.from({ length: 20 }, (_, i) => ({
            ...{
              id: String(i),
              kind: "fact" as const,
              key: "k",
              text,
              from: "world" as const,
              at_ms: i,
            },
          })),
          ...{ facts: 20, episodes: 0 },
        },
      }),
    });
    const ask = { query: "", limit: 20, kind: "fact" } as const;
    const found = await soon(body("cli").call("robot", "agent.memories", ask));
    expect(found.ok && found.value.memories.every((one) => one.text === text)).toBe(true);
    expect(wire.length).toBeGreaterThan(8);
    for (const { payload } of wire) expect(payload.length).toBeLessThan(66_560);
  });
  it("does nothing for another owner's key, and says so", async () => {
    const { body, soon } = open();
    let stayed = 0;
    body("robot").serve({
      "body.drop": () => {
        stayed++;
        return fine;
      },
    });
    const ask = { transfer: "t", agent: "a".repeat(64), epoch: 1 };
    const thief = body("thief", randomBytes(32));
    expect(await soon(thief.call("robot", "body.drop", ask))).toMatchObject({
      code: "owner-unproven",
    });
    expect(await soon(body("bare", null).call("robot", "body.drop", ask))).toMatchObject({
      code: "owner-unproven",
    });
    expect(stayed).toBe(0);
  });
  it("carries a call out once, however often it is said, and never late", async () => {
    const { body, wire, spy, soon, time } = open();
    let count = 0;
    const handlers: OwnerHandlers = {
      "body.drop": () => {
        count++;
        return fine;
      },
    };
    body("robot").serve(handlers);
    const ask = { transfer: "t", agent: "a".repeat(64), epoch: 1 };
    await soon(body("cli").call("robot", "body.drop", ask));
    const said = wire.find(({ topic }) => topic === topicsOf("robot").command("call"));
    const again = () => spy.publish(topicsOf("robot").command("call"), said?.payload ?? "");
    again();
    await settled();
    expect(count).toBe(1);
    time.advanceTo(time.clock.monotonicMs() + 60_000);
    again();
    await settled();
    expect(count).toBe(1);
    // Kept by the broker, to be said to whoever comes: never.
    spy.publish(topicsOf("robot").command("call"), said?.payload ?? "", { retain: true });
    await settled();
    expect(count).toBe(1);
  });
  it("is refused when it was made for another body, or changed on the way", async () => {
    const { body, wire, spy, soon } = open();
    const heard: string[] = [];
    for (const node of ["robot", "attic"]) {
      body(node).serve({
        "body.drop": () => {
          heard.push(node);
          return fine;
        },
      });
    }
    const ask = { transfer: "t", agent: "a".repeat(64), epoch: 1 };
    await soon(body("cli").call("robot", "body.drop", ask));
    const said = wire.find(({ topic }) => topic === topicsOf("robot").command("call"));
    const json = JSON.parse(new TextDecoder().decode(said?.payload));
    spy.publish(topicsOf("attic").command("call"), JSON.stringify({ ...json, id: "other" }));
    spy.publish(topicsOf("attic").command("call"), JSON.stringify(json));
    const sealed = `${json.sealed[0] === "A" ? "B" : "A"}${json.sealed.slice(1)}`;
    spy.publish(topicsOf("robot").command("call"), JSON.stringify({ ...json, id: "x", sealed }));
    const later = { ...json, deadline_ms: json.deadline_ms + 1 };
    spy.publish(topicsOf("robot").command("call"), JSON.stringify(later));
    await settled();
    expect(heard).toEqual(["robot"]);
  });
  it("answers what is malformed with a sentence, and silence with a time-out", async () => {
    const { body, soon } = open();
    body("robot").serve({
      "agent.rename": () => ({ ok: false, code: "busy", sentence: "Later." }),
    });
    const cli = body("cli");
    expect(await soon(cli.call("robot", "agent.rename", { name: "" }))).toMatchObject({
      code: "bad-payload",
    });
    expect(await soon(cli.call("robot", "agent.rename", { name: "Bo" }))).toEqual({
      ...{ ok: false, code: "busy", sentence: "Later." },
    });
    expect(await soon(cli.call("robot", "agent.stay", {}))).toMatchObject({
      code: "unknown-topic",
    });
    expect(await soon(cli.call("nobody", "agent.stay", {}))).toMatchObject({
      code: "reply-timeout",
    });
  });
  it("asks its own body without a broker", async () => {
    const { body } = open();
    const robot = body("robot", null);
    robot.serve({ "body.drop": () => fine });
    const ask = { transfer: "t", agent: "a".repeat(64), epoch: 1 };
    expect(await robot.call("robot", "body.drop", ask)).toEqual(fine);
  });
});
