import { type Arrived, arriveFrom, type StateOrigin } from "@timmy/memory/state/state-doors";
import {
  type ComposedTimAgent,
  createTimAgent,
  type TimAgentPorts,
} from "@timmy/shared/agent/agent-loop";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { roomsFrom } from "@timmy/shared/map/rooms-from";
import type { Clock } from "@timmy/shared/ports/time";
import {
  createRobotBody,
  type RobotBodyPorts,
  type RobotCallOptions,
  robotCapabilities,
} from "./robot-body.ts";

export type RobotTimAgent = ComposedTimAgent<RobotCallOptions>;
/** The same on the simulator: its body is of the kind `sim`, and nothing else differs. */
export type SimTimAgent = RobotTimAgent;
export interface RobotAgentPorts
  extends Omit<TimAgentPorts<RobotCallOptions>, "body" | "rooms">,
    Omit<RobotBodyPorts, "clock"> {}

/** The agent whose body is a robot, or the same robot in the simulated house (`kind: "sim"`). */
export function createRobotTimAgent(ports: RobotAgentPorts): RobotTimAgent {
  const { plan, time } = ports;
  const body = createRobotBody({ ...ports, clock: time.clock });
  const rooms = () => {
    const { xM, yM } = ports.body.tracker.belief().pose;
    return roomsFrom(plan, xM, yM);
  };
  return createTimAgent({ ...ports, body, rooms });
}

/**
 * Takes a state file into a robot's blank store and makes what lives in it (`createRobot`): the body
 * is started with the agent that is to live in it, never before.
 */
export function robotFromState<A>(
  from: StateOrigin,
  ports: {
    readonly store: AgentStore;
    readonly clock: Pick<Clock, "wallMs">;
    readonly randomBytes: (count: number) => Uint8Array;
    readonly node: string;
  },
  make: () => A,
): Promise<Arrived<A>> {
  return arriveFrom(from, { ...ports, capabilities: robotCapabilities }, make);
}
