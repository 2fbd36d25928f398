import { refusedCall } from "@timmy/memory/living/owner-channel";
import type { CallBody, CallOutcome } from "@timmy/shared/agent/owner-calls";
import type { AgentView } from "@timmy/shared/agent/views";
import type { Timers } from "@timmy/shared/ports/time";
import { brokenLooks, moveLookMs, movingAnswerMs, unsettledLooks } from "../limits.ts";

/**
 * Asks the living body to move its agent, and looks at it meanwhile: one that was started anew in the
 * middle of it does not know that somebody waits for an answer.
 */
export async function watchedMove(
  ports: {
    readonly call: CallBody;
    readonly timers: Timers;
    readonly onView?: (view: AgentView) => void;
  },
  node: string,
  to: string,
): Promise<CallOutcome<"agent.move">> {
  const { call, timers, onView } = ports;
  const { promise, resolve } = Promise.withResolvers<CallOutcome<"agent.move">>();
  let idle = 0;
  let looking = false;
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const view = await call(node, "agent.view", {}).finally(() => {
      looking = false;
    });
    if (!view.ok) return;
    onView?.(view.value);
    const { moving, life } = view.value;
    idle = moving === null ? idle + 1 : 0;
    if (life === "living" && idle >= brokenLooks) {
      resolve(refusedCall("move-broken", `"${node}" was started anew, or lost the broker.`));
    }
    if (life === "departed" && idle >= unsettledLooks) {
      resolve(refusedCall("move-unsettled", `It is for "${to}".`));
    }
  }
  const timer = timers.every("look at the move", moveLookMs, () => void look());
  const moved = call(node, "agent.move", { to }, { timeoutMs: movingAnswerMs });
  return Promise.race([moved, promise]).finally(() => timer.cancel());
}
