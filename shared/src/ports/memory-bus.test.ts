import { describe, expect, it } from "vitest";
import { type BusMessage, topicMatches } from "./bus.ts";
import { createMemoryBroker } from "./memory-bus.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const text = (m: BusMessage | undefined) => new TextDecoder().decode(m?.payload);

describe("topic filters", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/+", "a/b", true],
    ["a/+", "a/b/c", false],
    ["a/#", "a/b/c", true],
    ["a/#", "a", true],
    ["+/b", "a/b", true],
    ["a/b", "a/B", false],
    ["a/b/c", "a/b", false],
  ])("%s on %s: %s", (filter, topic, wanted) => {
    expect(topicMatches(filter, topic)).toBe(wanted);
  });
});

describe("the broker in memory", () => {
  it("delivers to others, retains, and forgets on an empty retained payload", async () => {
    const broker = createMemoryBroker();
    const [a, b] = [broker.connect(), broker.connect()];
    const got: BusMessage[] = [];
    a.publish("t/kept", "1", { retain: true });
    b.subscribe("t/#", (m) => got.push(m));
    a.publish("t/live", "2");
    await settled();
    expect(got.map((m) => [m.topic, text(m), m.retained])).toEqual([
      ["t/kept", "1", true],
      ["t/live", "2", false],
    ]);
    a.publish("t/kept", "", { retain: true });
    const late: BusMessage[] = [];
    broker.connect().subscribe("t/kept", (m) => late.push(m));
    await settled();
    expect(late).toEqual([]);
  });
  it("publishes the last will of a client that was cut off, not of one that left", async () => {
    const broker = createMemoryBroker();
    const will = (name: string) => ({ topic: `will/${name}`, payload: "lost", retain: true });
    const [cut, left] = [broker.connect(will("cut")), broker.connect(will("left"))];
    const got: string[] = [];
    broker.connect().subscribe("will/+", (m) => got.push(m.topic));
    cut.drop();
    await left.stop();
    await settled();
    expect(got).toEqual(["will/cut"]);
    expect(cut.connected()).toBe(false);
  });
});
