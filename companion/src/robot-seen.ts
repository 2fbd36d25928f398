import type { Timers } from "@timmy/shared/ports/time";
import { robotWaitMs } from "./limits.ts";
import type { RobotGateway } from "./robot-gateway.ts";

/** Settles once the robot is known, or when it is not there in time: a companion works without. */
export function robotSeen(
  gateway: Pick<RobotGateway, "snapshot" | "onChange">,
  timers: Timers,
): Promise<void> {
  return new Promise((resolve) => {
    const known = () => {
      const { status, info } = gateway.snapshot();
      return status === "online" && info !== null;
    };
    const done = () => {
      timer.cancel();
      end();
      resolve();
    };
    const timer = timers.after("the robot", robotWaitMs, done);
    const end = gateway.onChange(() => {
      if (known()) done();
    });
    if (known()) done();
  });
}
