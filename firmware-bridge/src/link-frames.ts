import type { LinkOutcome, StopEvent } from "./core-link.ts";
import type { Frame, FrameOf } from "./frame-codec.ts";
import { retryMs } from "./limits.ts";
import { setUp } from "./link-line.ts";
import { sayHello, send, type Turn } from "./link-state.ts";
import { payloads } from "./payloads.ts";
import {
  ackCodes,
  armingSentences,
  modeOf,
  motionOf,
  reasonAt,
  reasonsOf,
  standstillMeasured,
  toCoreState,
} from "./vocabulary.ts";

/** A frame from the core. Repeated and old ones are dropped and counted. */
export function takeFrame(turn: Turn, frame: Frame): void {
  const { next, nowMs } = turn;
  if (next.line !== "open") return;
  const ours = frame.type === "core-hello" && frame.payload.session === next.session;
  if (next.coreSeq !== null && !advances(next.coreSeq, frame.seq)) {
    next.dropped++;
    return;
  }
  next.coreSeq = frame.seq;
  next.coreTick = frame.tick;
  next.heardAtMs = nowMs;
  if (ours) takeHello(turn, frame);
  else if (frame.type === "state") takeState(turn, frame);
  else if (frame.type === "event") takeEvent(turn, frame);
  else if (frame.type === "ack" && frame.payload.session === next.session) takeAck(turn, frame);
}

const advances = (from: number, to: number): boolean => {
  const ahead = (to - from) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
};

function takeHello(turn: Turn, frame: FrameOf<"core-hello">): void {
  const { next, nowMs } = turn;
  setUp(turn, true);
  if (next.arm === null || next.arm.step !== "hello") return;
  const firstSeq = send(turn, "arm", { nonce: frame.payload.nonce });
  next.arm = { ...next.arm, step: "arm", firstSeq, sentAtMs: nowMs };
}

function takeState(turn: Turn, frame: FrameOf<"state">): void {
  const { next } = turn;
  const state = toCoreState(frame.tick, frame.payload);
  next.latest = state;
  loseArmsUnless(turn, state.mode === "armed" && state.generation === next.armedIn);
  turn.effects.push({ kind: "state", state });
  if (standstillMeasured(frame.payload)) reportHalts(turn, motionOf(state), state.generation);
}

function loseArmsUnless(turn: Turn, armed: boolean): void {
  if (armed) return;
  turn.next.armedIn = null;
  turn.next.intent = null;
}

const newsStates = ["stopping", "stopping", "stopped", "unconfirmed"] as const;

function takeEvent(turn: Turn, frame: FrameOf<"event">): void {
  const { news, reasons, generation, speedMps, beganMps } = frame.payload;
  const state = newsStates[news] ?? "unconfirmed";
  loseArmsUnless(turn, false);
  const event: StopEvent = {
    state,
    reason: reasonsOf(reasons).join(","),
    speedMps: state === "stopping" ? beganMps : speedMps,
    generation,
  };
  turn.effects.push({ kind: "stop-event", event });
  if (state === "stopped") reportHalts(turn, speedMps, generation);
}

/** Ends the stops that the core has confirmed; one not yet acknowledged may be newer than this. */
function reportHalts(turn: Turn, speedMps: number, generation: number): void {
  const { next, effects } = turn;
  if (next.halts.length === 0) return;
  for (const ask of next.halts) {
    if (!ask.acked) continue;
    const report = { state: "stopped", reason: ask.reason, speedMps, generation } as const;
    effects.push({ kind: "report", ask: ask.ask, report });
  }
  next.halts = next.halts.filter((ask) => !ask.acked);
}

function takeAck(turn: Turn, frame: FrameOf<"ack">): void {
  const { next } = turn;
  const { of, ofSeq, code } = frame.payload;
  if (code === ackCodes.noSession) {
    // The core lost power, or forgot us among others: say who we are, but not in a storm.
    loseArmsUnless(turn, false);
    if (turn.nowMs - next.helloAtMs >= retryMs) sayHello(turn);
    return;
  }
  if (of === payloads.arm.code) takeArmAck(turn, frame);
  else if (of === payloads.reset.code) takeResetAck(turn, frame);
  else if (of === payloads.disarm.code) next.disarm = null;
  else {
    next.halts = next.halts.map((ask) => {
      const answers = payloads[ask.how].code === of && reaches(ask.firstSeq, ofSeq);
      return answers ? { ...ask, acked: true } : ask;
    });
  }
}

const reaches = (first: number, seq: number): boolean => ((seq - first) & 0xffff) < 0x8000;

function takeArmAck(turn: Turn, frame: FrameOf<"ack">): void {
  const { next } = turn;
  const { code, detail, generation, ofSeq } = frame.payload;
  if (next.arm === null || next.arm.step !== "arm" || next.arm.firstSeq !== ofSeq) return;
  // The nonce was overtaken by a newer hello: the next repeat asks again.
  if (code === ackCodes.badNonce) return;
  if (code === ackCodes.ok) next.armedIn = generation;
  const outcome = code === ackCodes.ok ? ({ ok: true } as const) : armRefusal(code, detail);
  turn.effects.push({ kind: "answer", ask: next.arm.ask, outcome });
  next.arm = null;
}

function armRefusal(code: number, detail: number): LinkOutcome {
  if (code === ackCodes.owned) {
    return { ok: false, reason: "busy", detail: "Somebody else drives the robot." };
  }
  if (code === ackCodes.checkFailed) {
    const sentence = armingSentences[detail] ?? `Arming check ${detail} failed.`;
    return { ok: false, reason: "not-armed", detail: sentence };
  }
  const mode = modeOf(detail);
  const reason = mode === "stopped" || mode === "stopping" ? "stopped" : "not-armed";
  return { ok: false, reason, detail: `The core is in mode ${mode}.` };
}

function takeResetAck(turn: Turn, frame: FrameOf<"ack">): void {
  const { next } = turn;
  const { code, detail, ofSeq } = frame.payload;
  if (next.reset === null || !reaches(next.reset.firstSeq, ofSeq)) return;
  const outcome: LinkOutcome =
    code === ackCodes.ok
      ? { ok: true }
      : { ok: false, reason: "reset-refused", detail: resetRefusal(code, detail) };
  turn.effects.push({ kind: "answer", ask: next.reset.ask, outcome });
  next.reset = null;
}

function resetRefusal(code: number, detail: number): string {
  if (code === ackCodes.causeStands) return `The cause still stands: ${reasonAt(detail)}.`;
  if (code === ackCodes.wrongGeneration) return "Another stop came since; look at that one.";
  if (code === ackCodes.moving) return "The wheels still turn.";
  return `The core is in mode ${modeOf(detail)}.`;
}
