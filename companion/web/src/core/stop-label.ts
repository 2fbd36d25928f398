import { stopAnswerMs } from "../limits.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { presenceOf } from "./dashboard-state.ts";
import { formatSpeed } from "./format.ts";

export type StopPhase = "ready" | "stopping" | "stopped" | "unconfirmed" | "not-sent";

export interface StopLabel {
  readonly phase: StopPhase;
  /** What the button says. */
  readonly words: string;
  /** The smaller line under it. */
  readonly hint: string;
  /** The smaller line speaks of keys, which a phone has not. */
  readonly isKeyHint?: true;
}

const speedOf = (mps: number | null): string => (mps === null ? "unknown" : formatSpeed(mps));
const button = "Use the stop on the robot itself.";
const stopping: StopLabel = {
  phase: "stopping",
  words: "Stopping...",
  hint: "Waiting for zero speed",
};

/** The label of the stop: what is known to be true, never what is hoped. */
export function stopLabel(state: DashboardState, nowMs: number): StopLabel {
  const { stopRequest } = state;
  if (stopRequest.phase === "given-up") {
    return { phase: "not-sent", words: "Stop not sent", hint: button };
  }
  if (stopRequest.phase === "sending" && stopRequest.failed !== null) {
    return { phase: "not-sent", words: "Stop not sent, trying again", hint: button };
  }
  const presence = presenceOf(state);
  const safety = state.groups.safety?.value;
  const lastMps = state.groups.drive?.value.speed_mps ?? null;
  if (presence === "live" && safety?.stop_state === "stopped") {
    const words = `Stopped, ${speedOf(safety.stop_speed_mps)} measured`;
    return { phase: "stopped", words, hint: "Press to stop again" };
  }
  if (presence === "live" && safety?.stop_state === "unconfirmed") {
    const words = `Unconfirmed: last ${speedOf(safety.stop_speed_mps ?? lastMps)}`;
    return { phase: "unconfirmed", words, hint: button };
  }
  if (presence === "live" && safety?.stop_state === "stopping") return stopping;
  if (stopRequest.phase === "sending" || stopRequest.phase === "sent") {
    if (nowMs - stopRequest.atMs <= stopAnswerMs) return stopping;
    const words = `Unconfirmed: last ${speedOf(lastMps)}`;
    return { phase: "unconfirmed", words, hint: "The robot did not answer the stop." };
  }
  if (presence !== "live") return { phase: "ready", words: "Stop", hint: awayHint(presence) };
  return { phase: "ready", words: "Stop", hint: "Space, or hold Escape", isKeyHint: true };
}

function awayHint(presence: string): string {
  if (presence === "loading") return "Connecting";
  if (presence === "offline" || presence === "lost") return `The robot is away. ${button}`;
  return `Not connected. ${button}`;
}
