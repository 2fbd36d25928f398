import {
  type ComposedTimAgent,
  createTimAgent,
  type TimAgentPorts,
} from "@timmy/shared/agent/agent-loop";
import { createRobotBody, type RobotBodyPorts, type RobotCallOptions } from "./robot-body.ts";

export type RobotTimAgent = ComposedTimAgent<RobotCallOptions>;
export interface RobotAgentPorts
  extends Omit<TimAgentPorts<RobotCallOptions>, "body" | "rooms">,
    Omit<RobotBodyPorts, "clock"> {}

/** The agent whose body is a robot, or the same robot in the simulated house (`kind: "sim"`). */
export function createRobotTimAgent(ports: RobotAgentPorts): RobotTimAgent {
  const { plan, time } = ports;
  const body = createRobotBody({ ...ports, clock: time.clock });
  return createTimAgent({ ...ports, body, rooms: () => plan.rooms });
}
