import { describe, expect, it } from "vitest";
import { createCommandGate } from "./command-gate.ts";

const wallMs = 1_000_000;
const head = (over: object = {}) => ({
  name: "goto",
  id: "a",
  retained: false,
  epoch: 1,
  deadlineMs: wallMs + 1000,
  sentMs: wallMs,
  ...over,
});

describe("the command gate", () => {
  it("lets a fresh command through once", () => {
    const gate = createCommandGate(() => 1);
    expect(gate.admit(head(), wallMs)).toEqual({ ok: true });
    expect(gate.admit(head(), wallMs)).toEqual({ ok: false, code: "duplicate-command" });
  });
  it.each([
    ["retained", { retained: true }, "retained-command"],
    ["of another life", { epoch: 2 }, "stale-epoch"],
    ["after its deadline", { deadlineMs: wallMs - 1 }, "expired-command"],
    ["sent an hour ago", { sentMs: wallMs - 3_600_000 }, "expired-command"],
    ["from the future", { sentMs: wallMs + 3_600_000 }, "expired-command"],
  ])("refuses a command that is %s", (_what, over, code) => {
    expect(createCommandGate(() => 1).admit(head(over), wallMs)).toEqual({ ok: false, code });
  });
  it("never refuses a stop for its age, epoch or id, only when it is retained", () => {
    const gate = createCommandGate(() => 1);
    const stop = head({ name: "stop", epoch: 9, deadlineMs: 0, sentMs: 0 });
    expect(gate.admit(stop, wallMs)).toEqual({ ok: true });
    expect(gate.admit(stop, wallMs)).toEqual({ ok: true });
    expect(gate.admit({ ...stop, retained: true }, wallMs).ok).toBe(false);
  });
  it("forgets the oldest ids and stays bounded", () => {
    const gate = createCommandGate(() => 1);
    for (let k = 0; k < 600; k++) gate.admit(head({ id: `c${k}` }), wallMs);
    expect(gate.admit(head({ id: "c599" }), wallMs).ok).toBe(false);
    expect(gate.admit(head({ id: "c0" }), wallMs).ok).toBe(true);
  });
});
