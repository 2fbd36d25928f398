import { heartbeatMs, resendSetPointMs, retryMs, silenceMs } from "./limits.ts";
import { closeLine, openLine, unconfirmed } from "./link-line.ts";
import { type Ask, sayHello, send, type Turn } from "./link-state.ts";

/** Everything that is due by now: reopening, heartbeats, repeats, and giving up. */
export function checkDeadlines(turn: Turn): void {
  checkLine(turn);
  checkHeartbeat(turn);
  checkIntent(turn);
  checkArm(turn);
  checkDisarm(turn);
  checkReset(turn);
  checkHalts(turn);
}

function checkLine(turn: Turn): void {
  const { next, nowMs } = turn;
  if (!next.wanted) return;
  if (next.line === "closed" && nowMs >= next.retryAtMs) openLine(turn);
  // An opening that hangs and a line that went silent end alike: close, wait, open anew.
  const since = next.line === "open" ? next.heardAtMs : next.lineSinceMs;
  if (next.line !== "closed" && nowMs - since >= silenceMs) closeLine(turn, { tell: true });
}

function checkHeartbeat(turn: Turn): void {
  const { next, nowMs } = turn;
  if (next.line !== "open") return;
  if (!next.up) {
    if (nowMs - next.helloAtMs >= retryMs) sayHello(turn);
  } else if (nowMs - next.heartbeatAtMs >= heartbeatMs) {
    next.heartbeatAtMs = nowMs;
    send(turn, "heartbeat", {});
  }
}

function checkIntent(turn: Turn): void {
  const { next, nowMs } = turn;
  const { intent } = next;
  if (intent === null) return;
  // The watchdogs count the age of the wish: a repeat carries only what is left of its life.
  const ttlMs = Math.floor(intent.untilMs - nowMs);
  if (ttlMs < 1 || next.armedIn === null) {
    next.intent = null;
    return;
  }
  if (nowMs - intent.sentAtMs < resendSetPointMs) return;
  next.intent = { ...intent, sentAtMs: nowMs };
  const { linearMps, angularRadps } = intent;
  send(turn, "set-point", { generation: next.armedIn, linearMps, angularRadps, ttlMs });
}

const isDue = (turn: Turn, ask: Ask): boolean => turn.nowMs - ask.sentAtMs >= retryMs;

function giveUp(turn: Turn, ask: Ask): void {
  const detail = "The core did not answer in time.";
  const outcome = { ok: false, reason: "link-down", detail } as const;
  turn.effects.push({ kind: "answer", ask: ask.ask, outcome });
}

function checkArm(turn: Turn): void {
  const { next, nowMs } = turn;
  if (next.arm === null) return;
  if (nowMs >= next.arm.untilMs) {
    giveUp(turn, next.arm);
    next.arm = null;
    // The core may have armed and only its answer was lost: take that back.
    send(turn, "disarm", {});
    return;
  }
  if (!isDue(turn, next.arm)) return;
  // A nonce serves once, so a repeat begins again with hello.
  next.arm = { ...next.arm, step: "hello", firstSeq: sayHello(turn), sentAtMs: nowMs };
}

function checkDisarm(turn: Turn): void {
  const { next, nowMs } = turn;
  if (next.disarm === null) return;
  if (nowMs >= next.disarm.untilMs) {
    next.disarm = null;
  } else if (isDue(turn, next.disarm)) {
    next.disarm = { ...next.disarm, sentAtMs: nowMs };
    send(turn, "disarm", {});
  }
}

function checkReset(turn: Turn): void {
  const { next, nowMs } = turn;
  if (next.reset === null) return;
  if (nowMs >= next.reset.untilMs) {
    giveUp(turn, next.reset);
    next.reset = null;
  } else if (isDue(turn, next.reset)) {
    next.reset = { ...next.reset, sentAtMs: nowMs };
    send(turn, "reset", { generation: next.reset.generation });
  }
}

function checkHalts(turn: Turn): void {
  const { next, nowMs } = turn;
  if (next.halts.length === 0) return;
  for (const ask of next.halts) {
    if (nowMs >= ask.untilMs) turn.effects.push(unconfirmed(turn, ask));
  }
  next.halts = next.halts
    .filter((ask) => nowMs < ask.untilMs)
    .map((ask) => {
      if (ask.acked || !isDue(turn, ask)) return ask;
      send(turn, ask.how, {});
      return { ...ask, sentAtMs: nowMs };
    });
}
