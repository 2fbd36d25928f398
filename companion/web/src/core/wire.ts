import type { MindView, WhereView } from "@timmy/shared/agent/views";
import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { TreasuryView } from "@timmy/shared/money/views";
import type {
  EventPayload,
  InfoPayload,
  MapPayload,
  NodeStatus,
  StatePayload,
  TelemetryPayload,
} from "@timmy/shared/mqtt/payloads";
import type { RobotEventKind, RobotStateGroup, TelemetryStream } from "@timmy/shared/mqtt/topics";

/** What the companion's event stream says; it has checked every payload against its schema. */
export type StateMap = { readonly [G in RobotStateGroup]?: StatePayload<G> | null };
export type RobotEvent = {
  [K in RobotEventKind]: { readonly kind: K; readonly payload: EventPayload<K> };
}[RobotEventKind];
export type StateChange = {
  [G in RobotStateGroup]: { readonly group: G; readonly payload: StatePayload<G> };
}[RobotStateGroup];
export type Telemetry = {
  [S in TelemetryStream]: { readonly stream: S; readonly payload: TelemetryPayload<S> };
}[TelemetryStream];

export interface CompanionIdentity {
  readonly node: string;
  readonly version: string;
  readonly mind: string;
}

export interface Snapshot {
  readonly now_ms: number;
  readonly companion: CompanionIdentity;
  /** Null while the process that holds the money is away. */
  readonly treasury: TreasuryView | null;
  /** Who lives where, and how the model is; null where nobody asks after an agent. */
  readonly agent: WhereView | null;
  readonly mind: MindView | null;
  readonly robot: {
    readonly node: string;
    readonly status: NodeStatus | null;
    readonly info: InfoPayload | null;
    readonly map: MapPayload | FloorPlan | null;
    readonly state: StateMap;
    readonly path: TelemetryPayload<"path"> | readonly number[] | null;
    readonly events: readonly RobotEvent[];
  };
}

export type WireEvent =
  | { readonly name: "snapshot"; readonly body: Snapshot }
  | { readonly name: "status"; readonly body: { readonly status: NodeStatus } }
  | { readonly name: "info"; readonly body: InfoPayload }
  | { readonly name: "map"; readonly body: MapPayload | FloorPlan }
  | { readonly name: "state"; readonly body: StateChange }
  | { readonly name: "telemetry"; readonly body: Telemetry }
  | { readonly name: "event"; readonly body: RobotEvent }
  | { readonly name: "treasury"; readonly body: TreasuryView | null }
  | { readonly name: "agent"; readonly body: WhereView }
  | { readonly name: "mind"; readonly body: MindView }
  /** A new one is there; the list has to be read again. */
  | { readonly name: "decision"; readonly body: object }
  | { readonly name: "ping"; readonly body: { readonly now_ms: number } };

export const wireNames = [
  "snapshot",
  "status",
  "info",
  "map",
  "state",
  "telemetry",
  "event",
  "treasury",
  "agent",
  "mind",
  "decision",
  "ping",
] as const satisfies readonly WireEvent["name"][];

/** The answer to a command, whichever of its two shapes it had. */
export interface Reply {
  readonly ok: boolean;
  readonly code: string | null;
  readonly sentence: string;
  readonly remedy: string;
  readonly taskId: string | null;
  readonly speedMps: number | null;
}

/** The plan inside a map message; the snapshot may carry it bare. */
export function planOf(map: MapPayload | FloorPlan | null): FloorPlan | null {
  if (map === null) return null;
  return "plan" in map ? map.plan : map;
}

/** The way points inside a path message; x and y in turn, metres. */
export function pointsOf(path: Snapshot["robot"]["path"]): readonly number[] {
  if (path === null || path === undefined) return [];
  return "points_m" in path ? path.points_m : path;
}
