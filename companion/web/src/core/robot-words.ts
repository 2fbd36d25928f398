import { livesElsewhere } from "./agent-words.ts";
import { runningTurn } from "./conversation.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { presenceOf } from "./dashboard-state.ts";
import {
  capital,
  formatHeading,
  formatMetres,
  formatReason,
  formatRoom,
  formatSpeed,
} from "./format.ts";

const deciders = {
  rules: "rules",
  model: "a model",
  reflex: "a reflex",
  owner: "whoever asked",
} as const;

/** Who made a plan, as a person says it. */
export const decidedByWords = (by: keyof typeof deciders): string => `decided by ${deciders[by]}`;

export type ModeName =
  | "Starting"
  | "Disarmed"
  | "Ready"
  | "Moving"
  | "Stopping"
  | "Stopped"
  | "Unknown";

/** The mode in one word; standing and moving are told apart by the measured speed. */
export function modeWord(state: DashboardState): ModeName {
  const drive = state.groups.drive?.value;
  if (drive === undefined || presenceOf(state) !== "live") return "Unknown";
  switch (drive.mode) {
    case "boot":
      return "Starting";
    case "disarmed":
      return "Disarmed";
    case "armed":
      return Math.abs(drive.speed_mps) >= 0.01 || Math.abs(drive.turn_radps) >= 0.05
        ? "Moving"
        : "Ready";
    case "stopping":
      return "Stopping";
    case "stopped":
      return "Stopped";
    default:
      return drive.mode satisfies never;
  }
}

export interface Doing {
  readonly where: string;
  readonly what: string;
  readonly why: string;
}

/** Where it is, what it does, and why: the caption of the map. */
export function doingWords(state: DashboardState): Doing {
  const pose = state.groups.pose?.value;
  const known = presenceOf(state) === "live";
  const room = pose?.room == null ? null : formatRoom(pose.room);
  const place = room === null ? "between rooms" : `in the ${room}`;
  const where =
    pose === undefined
      ? "Position unknown"
      : !pose.localised
        ? "Not sure where it is"
        : capital(known ? place : `last seen ${place}`);
  if (presenceOf(state) === "loading") return { where, what: "Connecting", why: "" };
  if (!known) return { where, what: "Nothing is known now", why: "" };
  const safety = state.groups.safety?.value;
  if (safety !== undefined && safety.stop_state !== "none") {
    const reason = formatReason(safety.stop_reason);
    const words = { stopping: "Stopping", stopped: "Stopped", unconfirmed: "Stop unconfirmed" };
    return { where, what: words[safety.stop_state], why: reason === "" ? "" : `reason: ${reason}` };
  }
  const turn = runningTurn(state.items);
  if (turn !== null) {
    const at = turn.task.steps.findIndex((step) => step.status === "running");
    const count = turn.task.steps.length;
    const step = turn.task.steps[at];
    const what = capital(step?.text ?? turn.instruction);
    const part = count > 1 && at >= 0 ? `step ${at + 1} of ${count}, ` : "";
    return {
      where,
      what,
      why: `${part}asked by ${turn.who}, ${decidedByWords(turn.task.decidedBy)}`,
    };
  }
  const doing = state.groups.mind?.value.doing ?? "";
  if (doing !== "") return { where, what: capital(doing), why: "" };
  if (modeWord(state) === "Moving") return { where, what: "Moving without a task", why: "" };
  const isEmpty = livesElsewhere(state) !== "";
  return { where, what: isEmpty ? "Nobody lives in it" : "Waiting for an instruction", why: "" };
}

/** The map in sentences, for who does not see it. */
export function mapWords(state: DashboardState): string {
  const { plan, groups, rangeM } = state;
  if (plan === null) return "There is no map yet.";
  const rooms = plan.rooms.map((room) => room.name).join(", ");
  const pose = groups.pose?.value;
  const parts = [`The house has ${plan.rooms.length} rooms: ${rooms}.`];
  if (pose === undefined) return `${parts[0]} The robot's place is not known.`;
  const { where, what } = doingWords(state);
  const place = `x ${formatMetres(pose.x_m)}, y ${formatMetres(pose.y_m)}`;
  const sigma = `uncertain by ${formatMetres(pose.sigma_m)}`;
  parts.push(`${where}: ${place}, heading ${formatHeading(pose.heading_deg)}, ${sigma}.`);
  parts.push(`${what}.`);
  if (groups.drive !== undefined) parts.push(`Speed ${formatSpeed(groups.drive.value.speed_mps)}.`);
  if (rangeM?.value != null) parts.push(`Free ahead: ${formatMetres(rangeM.value)}.`);
  if (state.path.length >= 4) parts.push("A way is planned.");
  return parts.join(" ");
}
