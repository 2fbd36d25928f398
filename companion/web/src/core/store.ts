import type { RobotStateGroup } from "@timmy/shared/mqtt/topics";
import { silenceMs } from "../limits.ts";
import type { AgentAction } from "./agent-state.ts";
import { reduceAgent } from "./agent-state.ts";
import { announcementOf } from "./announcement.ts";
import { answer, ask, foldEvent } from "./conversation.ts";
import type { DashboardState, Groups } from "./dashboard-state.ts";
import type { MoneyAction } from "./money-state.ts";
import { hearTreasury, reduceMoney } from "./money-state.ts";
import { extendTrail } from "./trail.ts";
import type { Reply, RobotEvent, Snapshot, StateChange, Telemetry, WireEvent } from "./wire.ts";
import { planOf, pointsOf } from "./wire.ts";

export type Action =
  | { readonly type: "wire"; readonly event: WireEvent; readonly nowMs: number }
  /** Time passed; the only way in which silence is noticed. */
  | { readonly type: "tick"; readonly nowMs: number }
  | { readonly type: "link-broke" }
  | {
      readonly type: "asked";
      readonly key: string;
      readonly text: string;
      readonly wallMs: number;
    }
  | { readonly type: "answered"; readonly key: string; readonly reply: Reply }
  | { readonly type: "stop-sending"; readonly nowMs: number }
  | { readonly type: "stop-attempt-failed"; readonly sentence: string }
  | { readonly type: "stop-given-up"; readonly sentence: string }
  | { readonly type: "stop-sent"; readonly nowMs: number }
  | { readonly type: "agent"; readonly action: AgentAction }
  | MoneyAction;

/** The page's whole state after one more action. Pure. */
export function reduce(state: DashboardState, action: Action): DashboardState {
  const next = step(state, action);
  if (next === state) return state;
  const text = announcementOf(state, next, action);
  return text === null ? next : { ...next, announcement: { id: state.announcement.id + 1, text } };
}

function step(state: DashboardState, action: Action): DashboardState {
  switch (action.type) {
    case "wire":
      return onWire({ ...state, heardMs: action.nowMs }, action.event, action.nowMs);
    case "tick":
      return action.nowMs - state.heardMs > silenceMs ? breakLink(state) : state;
    case "link-broke":
      return breakLink(state);
    case "asked":
      return { ...state, items: ask(state.items, action.key, action.text, action.wallMs) };
    case "answered":
      return { ...state, items: answer(state.items, action.key, action.reply) };
    case "stop-sending":
      return { ...state, stopRequest: { phase: "sending", atMs: action.nowMs, failed: null } };
    case "stop-attempt-failed":
      return state.stopRequest.phase === "sending"
        ? { ...state, stopRequest: { ...state.stopRequest, failed: action.sentence } }
        : state;
    case "stop-given-up":
      return state.stopRequest.phase === "sending"
        ? { ...state, stopRequest: { phase: "given-up", failed: action.sentence } }
        : state;
    case "stop-sent":
      return state.stopRequest.phase === "sending"
        ? settleStop({ ...state, stopRequest: { phase: "sent", atMs: action.nowMs } })
        : state;
    case "agent":
      return { ...state, agent: reduceAgent(state.agent, action.action) };
    default:
      return { ...state, money: reduceMoney(state.money, action) };
  }
}

function breakLink(state: DashboardState): DashboardState {
  if (state.link === "lost") return state;
  return { ...state, link: "lost", trailBroken: true };
}

function onWire(state: DashboardState, event: WireEvent, nowMs: number): DashboardState {
  // Every stream starts with a snapshot; a word before it could only be half of the story.
  if (event.name !== "snapshot" && state.companion === null) return state;
  const open: DashboardState = state.link === "open" ? state : { ...state, link: "open" };
  switch (event.name) {
    case "snapshot":
      return onSnapshot(open, event.body, nowMs);
    case "status":
      return { ...open, status: event.body.status };
    case "info":
      return { ...open, info: event.body };
    case "map":
      return { ...open, plan: planOf(event.body) };
    case "state":
      return onState(open, event.body, nowMs);
    case "telemetry":
      return onTelemetry(open, event.body, nowMs);
    case "event":
      return onEvent(open, event.body);
    case "treasury":
      return { ...open, money: hearTreasury(open.money, event.body, nowMs) };
    case "agent":
      return { ...open, agent: { ...open.agent, where: { value: event.body, atMs: nowMs } } };
    case "mind":
      return { ...open, agent: { ...open.agent, mind: { value: event.body, atMs: nowMs } } };
    case "decision": {
      const { decisionsTold } = open.agent;
      return { ...open, agent: { ...open.agent, decisionsTold: decisionsTold + 1 } };
    }
    case "ping":
      return { ...open, clockOffsetMs: event.body.now_ms - nowMs };
    default:
      return event satisfies never;
  }
}

/** Takes over all that the companion knows; ages are counted from each payload's own time. */
function onSnapshot(state: DashboardState, snapshot: Snapshot, nowMs: number): DashboardState {
  const { robot } = snapshot;
  let next: DashboardState = {
    ...state,
    companion: snapshot.companion,
    clockOffsetMs: snapshot.now_ms - nowMs,
    money: hearTreasury(state.money, snapshot.treasury, nowMs),
    agent: {
      ...state.agent,
      where: snapshot.agent === null ? null : { value: snapshot.agent, atMs: nowMs },
      mind: snapshot.mind === null ? null : { value: snapshot.mind, atMs: nowMs },
      // What happened while the page did not listen is told of by nobody.
      decisionsTold: state.agent.decisionsTold + 1,
    },
    node: robot.node,
    status: robot.status,
    info: robot.info,
    plan: planOf(robot.map),
    groups: {},
    rangeM: null,
    path: pointsOf(robot.path),
  };
  for (const [group, payload] of Object.entries(robot.state)) {
    if (payload === null || payload === undefined) continue;
    const ageMs = Math.max(0, snapshot.now_ms - payload.ts);
    next = onState(
      next,
      { group: group as RobotStateGroup, payload } as StateChange,
      nowMs - ageMs,
    );
  }
  for (const event of robot.events) next = onEvent(next, event);
  return next;
}

function onState(state: DashboardState, change: StateChange, atMs: number): DashboardState {
  const groups: Groups = { ...state.groups, [change.group]: { value: change.payload, atMs } };
  const next: DashboardState = { ...state, groups };
  switch (change.group) {
    case "pose": {
      const { x_m, y_m } = change.payload;
      const trail = extendTrail(state.trail, x_m, y_m, state.trailBroken);
      return { ...next, trail, trailBroken: state.trailBroken && trail === state.trail };
    }
    case "range": {
      const { valid, range_front_m, age_s } = change.payload;
      const value = valid ? range_front_m : null;
      return { ...next, rangeM: { value, atMs: atMs - age_s * 1000 } };
    }
    case "safety":
      return settleStop(next);
    default:
      return next;
  }
}

/** Once the robot itself speaks of a stop, its word replaces this page's own request. */
function settleStop(state: DashboardState): DashboardState {
  const stop = state.groups.safety?.value.stop_state ?? "none";
  const settled = stop === "stopped" || stop === "unconfirmed";
  return settled ? { ...state, stopRequest: { phase: "idle" } } : state;
}

function onTelemetry(state: DashboardState, message: Telemetry, nowMs: number): DashboardState {
  switch (message.stream) {
    case "path":
      return { ...state, path: message.payload.points_m };
    case "range":
      return { ...state, rangeM: { value: message.payload.range_front_m, atMs: nowMs } };
    default:
      return state;
  }
}

function onEvent(state: DashboardState, event: RobotEvent): DashboardState {
  const items = foldEvent(state.items, event);
  return items === state.items ? state : { ...state, items };
}
