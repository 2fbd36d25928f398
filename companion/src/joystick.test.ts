import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createJoystick } from "./joystick.ts";

function setUp() {
  const time = createVirtualTime();
  const sent: [atMs: number, linear: number, angular: number][] = [];
  const joystick = createJoystick(time, (linear, angular) =>
    sent.push([time.clock.monotonicMs(), linear, angular]),
  );
  const push = (linear_mps: number, angular_radps = 0) =>
    joystick.message(JSON.stringify({ linear_mps, angular_radps }));
  return { time, sent, joystick, push };
}

describe("a joystick", () => {
  it("passes a set-point on at once", () => {
    const { sent, push } = setUp();
    push(0.2, 0.1);
    expect(sent).toEqual([[0, 0.2, 0.1]]);
  });

  it("sends at most 20 a second, and of what came faster the newest", () => {
    const { time, sent, push } = setUp();
    for (let ms = 0; ms < 1000; ms += 5) {
      time.advanceTo(ms);
      push(0.1 + ms / 10_000);
    }
    expect(sent.length).toBeLessThanOrEqual(20);
    for (let i = 1; i < sent.length; i++) {
      expect((sent[i]?.[0] ?? 0) - (sent[i - 1]?.[0] ?? 0)).toBeGreaterThanOrEqual(50);
    }
    time.advanceTo(1050);
    expect(sent.at(-1)?.[1]).toBeCloseTo(0.1995, 4);
  });

  it("sends a zero at once when it is let go", () => {
    const { time, sent, push } = setUp();
    push(0.2);
    time.advanceTo(10);
    push(0.3);
    push(0);
    expect(sent).toEqual([
      [0, 0.2, 0],
      [10, 0, 0],
    ]);
    time.advanceTo(1000);
    expect(sent).toHaveLength(2);
  });

  it("sends a zero after 300 ms of silence, once", () => {
    const { time, sent, push } = setUp();
    push(0.2);
    time.advanceTo(5000);
    expect(sent).toEqual([
      [0, 0.2, 0],
      [300, 0, 0],
    ]);
    expect(time.pending()).toEqual([]);
  });

  it("sends a zero when it is closed, and nothing held comes after it", () => {
    const { time, sent, push, joystick } = setUp();
    push(0.2);
    push(0.3);
    joystick.close();
    joystick.close();
    time.advanceTo(5000);
    expect(sent).toEqual([
      [0, 0.2, 0],
      [0, 0, 0],
    ]);
  });

  it.each([
    "",
    "{",
    "null",
    "{}",
    '{"linear_mps":"1","angular_radps":0}',
    '{"linear_mps":1e10,"angular_radps":0}',
  ])("takes nothing from %j, and gives up after twenty", (text) => {
    const { sent, joystick } = setUp();
    const answers = Array.from({ length: 20 }, () => joystick.message(text));
    expect(answers.filter(Boolean)).toHaveLength(19);
    expect(sent).toEqual([]);
  });
});
