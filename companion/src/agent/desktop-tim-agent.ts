import {
  type Arrived,
  arriveFrom,
  createExportDoor,
  type ExportDoor,
  type StateOrigin,
} from "@timmy/memory/state/state-doors";
import {
  type ComposedTimAgent,
  createTimAgent,
  type TimAgentPorts,
} from "@timmy/shared/agent/agent-loop";
import { createWordsBody, type SayWords, wordsCapabilities } from "./words-body.ts";

export type DesktopTimAgent = ComposedTimAgent;
export interface DesktopAgentPorts extends Omit<TimAgentPorts, "body" | "exporter"> {
  readonly version: string;
  /** The node of the companion that this desktop belongs to. */
  readonly node: string;
  readonly screen: SayWords;
  /** Null where nothing can be heard. */
  readonly speaker: SayWords | null;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The way to another node; files are written without. */
  readonly toNode?: ExportDoor["toNode"];
  /** Of this machine: what goes into no file. */
  readonly stateSecrets?: ExportDoor["secrets"];
}

/** The agent on a desktop: a screen, and a loudspeaker where there is one. */
export function createDesktopTimAgent(ports: DesktopAgentPorts): DesktopTimAgent {
  const { store, version, time, screen, speaker, toNode, stateSecrets: secrets = [] } = ports;
  const body = createWordsBody({ kind: "desktop", time, show: screen, speak: speaker });
  const { capabilities } = body;
  const door = { store, clock: time.clock, exporter: `timmy ${version}`, capabilities, secrets };
  const exporter = createExportDoor({ ...door, ...(toNode === undefined ? {} : { toNode }) });
  return createTimAgent({ ...ports, body, exporter });
}

/** The agent of a state file, from now on in this desktop; its store must be blank. */
export function desktopFromState(
  from: StateOrigin,
  ports: DesktopAgentPorts,
): Promise<Arrived<DesktopTimAgent>> {
  const { store, node, randomBytes, time, speaker } = ports;
  const capabilities = wordsCapabilities(speaker !== null);
  const door = { store, node, randomBytes, clock: time.clock, capabilities };
  return arriveFrom(from, door, () => createDesktopTimAgent(ports));
}
