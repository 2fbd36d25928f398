import type { LinkOutcome } from "./core-link.ts";
import { askMs, haltMs, maxHalts, maxTtlMs } from "./limits.ts";
import { checkDeadlines } from "./link-deadlines.ts";
import { takeFrame } from "./link-frames.ts";
import { closeLine, openLine, unconfirmed } from "./link-line.ts";
import {
  type LinkEffect,
  type LinkInput,
  type LinkState,
  sayHello,
  send,
  type Turn,
} from "./link-state.ts";

/** The whole protocol of the robot's end: a pure step, in which silence too is an input. */
export function step(
  state: LinkState,
  input: LinkInput,
  nowMs: number,
): { readonly state: LinkState; readonly effects: readonly LinkEffect[] } {
  const turn: Turn = { nowMs, next: { ...state }, effects: [] };
  take(turn, input);
  return { state: turn.next, effects: turn.effects };
}

function take(turn: Turn, input: LinkInput): void {
  switch (input.kind) {
    case "start":
      return start(turn);
    case "stop":
      return stop(turn);
    case "opened":
      return opened(turn);
    case "closed":
      return closeLine(turn, { tell: false });
    case "frame":
      return takeFrame(turn, input.frame);
    case "pulse":
      return checkDeadlines(turn);
    case "arm":
      return arm(turn, input.ask);
    case "disarm":
      return disarm(turn);
    case "set-point":
      return setPoint(turn, input);
    case "halt":
      return halt(turn, input);
    case "reset":
      return reset(turn, input.ask, input.generation);
  }
}

function start(turn: Turn): void {
  if (turn.next.wanted) return;
  turn.next.wanted = true;
  openLine(turn);
}

function stop(turn: Turn): void {
  const { next, effects } = turn;
  if (!next.wanted) return;
  // The core would notice the silence itself; saying it spares the robot a latched stop.
  if (next.armedIn !== null) send(turn, "disarm", {});
  for (const ask of [next.arm, next.reset]) {
    if (ask !== null) effects.push({ kind: "answer", ask: ask.ask, outcome: down() });
  }
  for (const ask of next.halts) effects.push(unconfirmed(turn, ask));
  next.arm = null;
  next.reset = null;
  next.disarm = null;
  next.halts = [];
  closeLine(turn, { tell: true });
  next.wanted = false;
}

const down = (): LinkOutcome => ({
  ok: false,
  reason: "link-down",
  detail: "The link is closed.",
});

function opened(turn: Turn): void {
  const { next } = turn;
  if (!next.wanted || next.line === "open") return;
  next.line = "open";
  next.lineSinceMs = turn.nowMs;
  next.heardAtMs = turn.nowMs;
  next.coreSeq = null;
  sayHello(turn);
  // A stop that was asked for while there was no line goes out first thing.
  for (const ask of next.halts) send(turn, ask.how, {});
}

function arm(turn: Turn, ask: number): void {
  const { next, nowMs } = turn;
  if (!next.wanted) {
    turn.effects.push({ kind: "answer", ask, outcome: down() });
    return;
  }
  if (next.arm !== null || next.halts.length > 0) {
    const detail = next.arm !== null ? "It is being armed already." : "A stop is under way.";
    turn.effects.push({ kind: "answer", ask, outcome: { ok: false, reason: "busy", detail } });
    return;
  }
  next.disarm = null;
  const firstSeq = sayHello(turn);
  next.arm = { ask, step: "hello", untilMs: nowMs + askMs, sentAtMs: nowMs, firstSeq };
}

function cancelArm(turn: Turn, detail: string): void {
  const { next } = turn;
  if (next.arm === null) return;
  const outcome: LinkOutcome = { ok: false, reason: "superseded", detail };
  turn.effects.push({ kind: "answer", ask: next.arm.ask, outcome });
  next.arm = null;
}

function disarm(turn: Turn): void {
  const { next, nowMs } = turn;
  cancelArm(turn, "It was disarmed.");
  next.intent = null;
  next.armedIn = null;
  const firstSeq = send(turn, "disarm", {});
  next.disarm = { ask: 0, untilMs: nowMs + askMs, sentAtMs: nowMs, firstSeq };
}

function setPoint(turn: Turn, input: Extract<LinkInput, { kind: "set-point" }>): void {
  const { next, nowMs } = turn;
  const { linearMps, angularRadps } = input;
  const ttlMs = Math.floor(Math.min(input.ttlMs, maxTtlMs));
  const sane = Number.isFinite(linearMps) && Number.isFinite(angularRadps) && ttlMs >= 1;
  if (next.armedIn === null) return;
  // A wish that is no number revokes the one before it: nobody knows what was meant.
  if (!sane) {
    next.intent = null;
    return;
  }
  next.intent = { linearMps, angularRadps, untilMs: nowMs + ttlMs, sentAtMs: nowMs };
  send(turn, "set-point", { generation: next.armedIn, linearMps, angularRadps, ttlMs });
}

function halt(turn: Turn, input: Extract<LinkInput, { kind: "halt" }>): void {
  const { next, nowMs } = turn;
  const { ask, how, reason } = input;
  cancelArm(turn, "It was stopped.");
  next.intent = null;
  next.armedIn = null;
  const firstSeq = send(turn, how, {});
  const entry = {
    ask,
    how,
    reason,
    acked: false,
    untilMs: nowMs + haltMs,
    sentAtMs: nowMs,
    firstSeq,
  };
  if (next.halts.length >= maxHalts || !next.wanted) turn.effects.push(unconfirmed(turn, entry));
  else next.halts = [...next.halts, entry];
}

function reset(turn: Turn, ask: number, generation: number): void {
  const { next, nowMs } = turn;
  if (!next.wanted) {
    turn.effects.push({ kind: "answer", ask, outcome: down() });
    return;
  }
  if (next.reset !== null) {
    const detail = "Another reset is under way.";
    turn.effects.push({ kind: "answer", ask, outcome: { ok: false, reason: "busy", detail } });
    return;
  }
  const firstSeq = send(turn, "reset", { generation });
  next.reset = { ask, generation, untilMs: nowMs + askMs, sentAtMs: nowMs, firstSeq };
}
