import { decodePayload } from "@timmy/shared/mqtt/codec";
import { maxMapBytes } from "@timmy/shared/mqtt/limits";
import {
  type EventPayload,
  eventPayloads,
  type InfoPayload,
  infoPayload,
  type MapPayload,
  mapPayload,
  type NodeStatus,
  type StatePayload,
  statePayloads,
  type TelemetryPayload,
  telemetryPayloads,
} from "@timmy/shared/mqtt/payloads";
import {
  parseTopic,
  type RobotEventKind,
  type RobotStateGroup,
  robotEventKinds,
  robotStateGroups,
  type TelemetryStream,
  telemetryStreams,
} from "@timmy/shared/mqtt/topics";
import type { BusMessage } from "@timmy/shared/ports/bus";
import { keptEvents } from "./limits.ts";

export type RobotEvent = {
  [K in RobotEventKind]: { readonly kind: K; readonly payload: EventPayload<K> };
}[RobotEventKind];
export type RobotState = { [G in RobotStateGroup]?: StatePayload<G> };

/** What a message changed, in the words of the event stream. */
export type RobotChange =
  | { readonly type: "status"; readonly data: { readonly status: NodeStatus } }
  | { readonly type: "info"; readonly data: InfoPayload }
  | { readonly type: "map"; readonly data: MapPayload }
  | {
      readonly type: "state";
      readonly data: {
        readonly group: RobotStateGroup;
        readonly payload: StatePayload<RobotStateGroup>;
      };
    }
  | {
      readonly type: "telemetry";
      readonly data: {
        readonly stream: TelemetryStream;
        readonly payload: TelemetryPayload<TelemetryStream>;
      };
    }
  | { readonly type: "event"; readonly data: RobotEvent };

export interface RobotSnapshot {
  readonly node: string;
  readonly status: NodeStatus;
  readonly info: InfoPayload | null;
  readonly map: MapPayload | null;
  readonly state: RobotState;
  readonly path: TelemetryPayload<"path"> | null;
  readonly events: readonly RobotEvent[];
}

const statuses: readonly NodeStatus[] = ["online", "offline", "lost"];
const decoder = new TextDecoder();

function oneOf<T extends string>(all: readonly T[], name: string): T | null {
  return all.find((known) => known === name) ?? null;
}

/** The newest of everything that one robot publishes, with bounded memory. */
export function createRobotView(node: string) {
  let status: NodeStatus = "offline";
  let info: InfoPayload | null = null;
  let map: MapPayload | null = null;
  let path: TelemetryPayload<"path"> | null = null;
  const state: RobotState = {};
  const events: RobotEvent[] = [];
  let bad = 0;

  function readState(group: RobotStateGroup, bytes: Uint8Array): RobotChange | null {
    const decoded = decodePayload(statePayloads[group], bytes);
    if (!decoded.ok) return null;
    Object.assign(state, { [group]: decoded.value });
    return { type: "state", data: { group, payload: decoded.value } };
  }
  function readTelemetry(stream: TelemetryStream, bytes: Uint8Array): RobotChange | null {
    const decoded = decodePayload(telemetryPayloads[stream], bytes);
    if (!decoded.ok) return null;
    if (stream === "path") path = decoded.value as TelemetryPayload<"path">;
    return { type: "telemetry", data: { stream, payload: decoded.value } };
  }
  function readEvent(kind: RobotEventKind, bytes: Uint8Array): RobotChange | null {
    const decoded = decodePayload(eventPayloads[kind], bytes);
    if (!decoded.ok) return null;
    const event = { kind, payload: decoded.value } as RobotEvent;
    if (events.length === keptEvents) events.shift();
    events.push(event);
    return { type: "event", data: event };
  }
  function readFact(kind: string, bytes: Uint8Array): RobotChange | null {
    if (kind === "status") {
      const next = oneOf(statuses, decoder.decode(bytes.subarray(0, 16)));
      if (next === null) return null;
      status = next;
      return { type: "status", data: { status } };
    }
    if (kind === "info") {
      const decoded = decodePayload(infoPayload, bytes);
      if (!decoded.ok) return null;
      info = decoded.value;
      return { type: "info", data: info };
    }
    const decoded = decodePayload(mapPayload, bytes, maxMapBytes);
    if (!decoded.ok) return null;
    map = decoded.value;
    return { type: "map", data: map };
  }
  function read(message: BusMessage): RobotChange | null {
    const parts = parseTopic(message.topic);
    if (parts === null || parts.node !== node) return null;
    const { kind, name } = parts;
    if (kind === "state") {
      const group = oneOf(robotStateGroups, name);
      return group === null ? null : readState(group, message.payload);
    }
    if (kind === "telemetry") {
      const stream = oneOf(telemetryStreams, name);
      return stream === null ? null : readTelemetry(stream, message.payload);
    }
    if (kind === "event") {
      const event = oneOf(robotEventKinds, name);
      return event === null ? null : readEvent(event, message.payload);
    }
    return ["status", "info", "map"].includes(kind) ? readFact(kind, message.payload) : null;
  }
  return {
    /** Takes a message in; null when it is none of ours or malformed, which is counted. */
    receive(message: BusMessage): RobotChange | null {
      const change = read(message);
      if (change === null) bad++;
      return change;
    },
    /** Nothing is heard of it any more. */
    away(): RobotChange {
      status = "lost";
      return { type: "status", data: { status } };
    },
    bad: () => bad,
    status: () => status,
    epoch: () => info?.epoch ?? null,
    snapshot: (): RobotSnapshot => ({
      node,
      status,
      info,
      map,
      state: { ...state },
      path,
      events: [...events],
    }),
  };
}
export type RobotView = ReturnType<typeof createRobotView>;
