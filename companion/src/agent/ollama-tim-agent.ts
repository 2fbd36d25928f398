import {
  type Arrived,
  arriveFrom,
  createExportDoor,
  type StateOrigin,
} from "@timmy/memory/state/state-doors";
import {
  type ComposedTimAgent,
  createTimAgent,
  type TimAgentPorts,
} from "@timmy/shared/agent/agent-loop";
import { createWordsBody, type SayWords, wordsCapabilities } from "./words-body.ts";

export type OllamaTimAgent = ComposedTimAgent;
export interface OllamaAgentPorts extends Omit<TimAgentPorts, "body" | "exporter"> {
  readonly version: string;
  readonly node: string;
  /** The conversation. */
  readonly chat: SayWords;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** The agent in a conversation with a local model: it reads and writes text, and nothing else. */
export function createOllamaTimAgent(ports: OllamaAgentPorts): OllamaTimAgent {
  const { store, version, time, chat } = ports;
  const body = createWordsBody({ kind: "chat", time, show: chat, speak: null });
  const { capabilities } = body;
  const door = { store, clock: time.clock, exporter: `timmy ${version}`, capabilities };
  return createTimAgent({ ...ports, body, exporter: createExportDoor(door) });
}

/** The agent of a state file, from now on in this conversation; its store must be blank. */
export function ollamaFromState(
  from: StateOrigin,
  ports: OllamaAgentPorts,
): Promise<Arrived<OllamaTimAgent>> {
  const { store, node, randomBytes, time } = ports;
  const door = {
    store,
    node,
    randomBytes,
    clock: time.clock,
    capabilities: wordsCapabilities(false),
  };
  return arriveFrom(from, door, () => createOllamaTimAgent(ports));
}
