import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { InfoPayload, NodeStatus, StatePayload } from "@timmy/shared/mqtt/payloads";
import type { RobotStateGroup } from "@timmy/shared/mqtt/topics";
import { staleMs } from "../limits.ts";
import type { AgentState } from "./agent-state.ts";
import { agentOf, noAgent } from "./agent-state.ts";
import type { Items } from "./conversation.ts";
import type { MoneyState } from "./money-state.ts";
import { noMoney } from "./money-state.ts";
import type { Problem } from "./problem.ts";
import type { Trail } from "./trail.ts";
import type { CompanionIdentity } from "./wire.ts";

/** A value, and when it was true: on this page's own clock, which never jumps. */
export interface Known<T> {
  readonly value: T;
  readonly atMs: number;
}

/** A list as it was read last. A problem leaves what was known before in its place. */
export interface Shelf<T> {
  readonly known: Known<T> | null;
  readonly problem: Problem | null;
}

export type Groups = { readonly [G in RobotStateGroup]?: Known<StatePayload<G>> };

/** The event stream from the companion. */
export type Link = "connecting" | "open" | "lost";

/** The stop that this page asked for last. */
export type StopRequest =
  | { readonly phase: "idle" }
  | { readonly phase: "sending"; readonly atMs: number; readonly failed: string | null }
  | { readonly phase: "sent"; readonly atMs: number }
  | { readonly phase: "given-up"; readonly failed: string };

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

export interface DashboardState {
  readonly link: Link;
  /** When the companion was last heard, or when the page started to listen. */
  readonly heardMs: number;
  readonly companion: CompanionIdentity | null;
  readonly node: string;
  readonly status: NodeStatus | null;
  readonly info: InfoPayload | null;
  readonly plan: FloorPlan | null;
  readonly groups: Groups;
  /** The newest range, from its state or its faster stream; null = no echo. */
  readonly rangeM: Known<number | null> | null;
  readonly path: readonly number[];
  readonly trail: Trail;
  /** The stream broke since the last pose. */
  readonly trailBroken: boolean;
  readonly items: Items;
  readonly stopRequest: StopRequest;
  /** What to add to this page's clock to read the companion's. */
  readonly clockOffsetMs: number;
  readonly money: MoneyState;
  readonly agent: AgentState;
  readonly announcement: Announcement;
}

export function createDashboardState(nowMs: number): DashboardState {
  return {
    link: "connecting",
    heardMs: nowMs,
    companion: null,
    node: "",
    status: null,
    info: null,
    plan: null,
    groups: {},
    rangeM: null,
    path: [],
    trail: [],
    trailBroken: false,
    items: [],
    stopRequest: { phase: "idle" },
    clockOffsetMs: 0,
    money: noMoney,
    agent: noAgent,
    announcement: { id: 0, text: "" },
  };
}

/** What may be said about the robot at all. Only `live` means that values are current. */
export type Presence = "loading" | "unreachable" | "disconnected" | "offline" | "lost" | "live";

export function presenceOf(state: DashboardState): Presence {
  const everHeard = state.companion !== null;
  if (state.link === "connecting") return "loading";
  if (state.link === "lost") return everHeard ? "disconnected" : "unreachable";
  if (state.status === "online") return "live";
  return state.status === "lost" ? "lost" : "offline";
}

/** Whether a value is too old to be taken for the present one. */
export const isStale = (known: Known<unknown>, nowMs: number): boolean =>
  nowMs - known.atMs > staleMs;

/** Why the robot cannot be asked to move now, or null when it can. */
export function whyNoMotion(state: DashboardState): string | null {
  const presence = presenceOf(state);
  if (presence === "loading") return "Still connecting.";
  if (presence === "unreachable" || presence === "disconnected") return "Not connected.";
  if (presence !== "live") return "The robot is away.";
  const agent = agentOf(state.agent);
  if (agent?.life === "living" && agent.node !== state.node) return "Nobody lives in this robot.";
  const stop = state.groups.safety?.value.stop_state ?? "none";
  return stop === "none" ? null : "Stopped: reset first.";
}

/** The companion's own clock, by which all times of money and of the agent are told. */
export const companionMs = (state: DashboardState, nowMs: number): number =>
  nowMs + state.clockOffsetMs;
