import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import type { Mind } from "@timmy/shared/agent/mind";
import { infoPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { BusMessage } from "@timmy/shared/ports/bus";
import {
  createDecisionService,
  type DecisionPorts,
  type DecisionService,
} from "./decision-service.ts";

export interface CompanionOptions {
  readonly version: string;
  /** The mind's name as a person reads it: "rules". */
  readonly mindName: string;
  /** Who lives in the companion itself; null when it is no body. */
  readonly agent: (() => AgentRecord) | null;
  /** The dashboard's address, or empty. */
  readonly ui: string;
}

export interface Companion {
  start(): void;
  /** Says at once who lives here, when that changed. */
  introduceAgain(): void;
  /** Says `offline`, which is a leave, not a loss; the bus stays the caller's. */
  stop(): void;
  readonly counts: DecisionService["counts"];
}

/** What the broker says in our place when we are cut off. */
export function lastWill(node: string): { topic: string; payload: "lost"; retain: true } {
  return { topic: topicsOf(node).status, payload: "lost", retain: true };
}

/** A companion on a bus: its status, its fact sheet, and its mind as a service. */
export function createCompanion(
  ports: DecisionPorts & { readonly mind: Mind },
  options: CompanionOptions,
): Companion {
  const { bus, node, encoder, logger } = ports;
  const topics = topicsOf(node);
  const decoder = new TextDecoder();
  const ends: (() => void)[] = [];
  let decisions: DecisionService | null = null;
  let introduced = "";

  /** Who lives here, as the fact sheet says it. */
  function lifeFields() {
    if (options.agent === null) return { name: node, epoch: 0 };
    const { id, name, epoch, status, departedTo } = options.agent();
    const shown = { agent: status === "vacant" ? "" : id, life: status };
    return { name: name === "" ? node : name, epoch, ...shown, departed_to: departedTo };
  }
  function announce(): void {
    const { version, mindName, ui } = options;
    introduced = JSON.stringify(lifeFields());
    const info = encoder.encode(infoPayload, {
      ...lifeFields(),
      kind: "companion",
      model: mindName,
      version,
      tier: "",
      skills: "",
      commands: options.agent === null ? "decide" : "decide hear stop call",
      schemas: "timmy/v1",
      ui,
      rooms: [],
      room_names: [],
      max_speed_mps: 0,
      radius_m: 0,
    });
    bus.publish(topics.info, info, { qos: 1, retain: true });
    bus.publish(topics.status, "online", { qos: 1, retain: true });
  }
  /** The will of a connection that died before may arrive after we are back. */
  function heal(message: BusMessage): void {
    if (decoder.decode(message.payload) !== "online" && bus.connected()) {
      logger.info("a last will came late, announcing again");
      bus.publish(topics.status, "online", { qos: 1, retain: true });
    }
  }
  return {
    introduceAgain() {
      if (bus.connected() && introduced !== JSON.stringify(lifeFields())) announce();
    },
    counts: () => decisions?.counts() ?? { answered: 0, bad: 0 },
    start() {
      if (decisions !== null) return;
      decisions = createDecisionService(ports);
      ends.push(
        bus.onConnection((connected) => {
          if (connected) announce();
        }),
      );
      if (bus.connected()) announce();
      ends.push(bus.subscribe(topics.status, heal));
    },
    stop() {
      if (decisions === null) return;
      for (const end of ends.splice(0)) end();
      decisions.stop();
      decisions = null;
      bus.publish(topics.status, "offline", { qos: 1, retain: true });
    },
  };
}
