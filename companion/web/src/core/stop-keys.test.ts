import { describe, expect, it } from "vitest";
import { escapeHoldMs } from "../limits.ts";
import type { StopKeyInput } from "./stop-keys.ts";
import { idleStopKeys, stepStopKeys } from "./stop-keys.ts";

const down = (key: string, fields: object = {}): StopKeyInput => ({
  type: "down",
  key,
  inTextField: false,
  withModifier: false,
  repeat: false,
  nowMs: 0,
  ...fields,
});
/** How many stops the inputs cause. */
function stops(...inputs: readonly StopKeyInput[]): number {
  let keys = idleStopKeys;
  let count = 0;
  for (const input of inputs) {
    const step = stepStopKeys(keys, input);
    keys = step.keys;
    if (step.stop) count += 1;
  }
  return count;
}
const held: StopKeyInput = { type: "tick", nowMs: escapeHoldMs };

describe("Space", () => {
  it("stops, and does nothing else to a focused button", () => {
    expect(stepStopKeys(idleStopKeys, down(" "))).toMatchObject({ stop: true, swallow: true });
  });
  it("writes a space in a text field", () => {
    const step = stepStopKeys(idleStopKeys, down(" ", { inTextField: true }));
    expect(step).toMatchObject({ stop: false, swallow: false });
  });
  it("stops once however long it is held", () => {
    expect(stops(down(" "), down(" ", { repeat: true }), down(" ", { repeat: true }))).toBe(1);
  });
});

describe("Escape", () => {
  it("stops when held, also in a text field", () => {
    expect(stops(down("Escape", { inTextField: true }), held)).toBe(1);
  });
  it("does not stop when it is let go early", () => {
    expect(stops(down("Escape"), { type: "up", key: "Escape" }, held)).toBe(0);
  });
  it("does not stop when the page lost the focus", () => {
    expect(stops(down("Escape"), { type: "blur" }, held)).toBe(0);
  });
  it("does not stop for the timer of an earlier press", () => {
    const again = down("Escape", { nowMs: 300 });
    expect(stops(down("Escape"), { type: "up", key: "Escape" }, again, held)).toBe(0);
  });
});
