import { readReply } from "../core/reply.ts";
import type { Action } from "../core/store.ts";
import type { Reply } from "../core/wire.ts";
import { requestMs, stopAttemptMs, stopAttempts, stopRetryMs } from "../limits.ts";

export interface ApiPorts {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Takes a session again: a companion that was restarted knows none of the old ones. */
  readonly renewSession: () => Promise<void>;
  readonly dispatch: (action: Action) => void;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Whether a stop that was asked for still has to be sent; false once the robot speaks of it. */
  readonly stopIsPending: () => boolean;
  readonly pause: (delayMs: number) => Promise<void>;
}

export interface RobotApi {
  /** An instruction in the owner's words, for whichever body the agent lives in; shown at once. */
  hear(text: string): Promise<void>;
  /** Sends the robot to a room or the dock; `words` is what the conversation shows. */
  goTo(place: string, words: string): Promise<void>;
  /** Ends the running task with a stop that the robot measures. */
  endTask(): Promise<void>;
  /** The emergency stop. Tries again until it is through, and says every failure. */
  stop(): Promise<void>;
  /** Clears the stop of that generation. */
  reset(generation: number): Promise<Reply>;
}

/** The companion did send the stop, but no answer came: unconfirmed, which is not "not sent". */
const unanswered: ReadonlySet<string> = new Set(["reply-timeout", "robot-away"]);

export function createRobotApi(ports: ApiPorts): RobotApi {
  const { dispatch } = ports;
  let asked = 0;
  let stopRound = 0;

  async function post(path: string, body: object, timeoutMs: number): Promise<Reply> {
    const reply = await postOnce(path, body, timeoutMs);
    if (reply.code !== "no-session") return reply;
    await ports.renewSession();
    return postOnce(path, body, timeoutMs);
  }

  async function postOnce(path: string, body: object, timeoutMs: number): Promise<Reply> {
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    };
    try {
      const response = await ports.fetch(`/api/${path}`, request);
      return readReply(response.ok, await response.json());
    } catch {
      return readReply(false, null);
    }
  }

  async function tell(path: string, body: object, words: string): Promise<void> {
    asked += 1;
    const key = `asked-${asked}`;
    dispatch({ type: "asked", key, text: words, wallMs: ports.wallMs() });
    dispatch({ type: "answered", key, reply: await post(path, body, requestMs) });
  }

  async function stop(): Promise<void> {
    stopRound += 1;
    const round = stopRound;
    dispatch({ type: "stop-sending", nowMs: ports.nowMs() });
    let sentence = "";
    for (let attempt = 0; attempt < stopAttempts; attempt++) {
      const reply = await post("robot/estop", {}, stopAttemptMs);
      // A newer press of the button has its own attempts.
      if (round !== stopRound || !ports.stopIsPending()) return;
      if (reply.ok || reply.code === "unconfirmed") {
        return dispatch({ type: "stop-sent", nowMs: ports.nowMs() });
      }
      sentence = reply.sentence;
      if (!unanswered.has(reply.code ?? "")) dispatch({ type: "stop-attempt-failed", sentence });
      await ports.pause(stopRetryMs);
      if (round !== stopRound || !ports.stopIsPending()) return;
    }
    dispatch({ type: "stop-given-up", sentence });
  }

  return {
    hear: (text) => tell("agent/hear", { text }, text),
    goTo: (place, words) => tell("robot/goto", { place }, words),
    endTask: () => tell("robot/stop", {}, "stop"),
    stop,
    reset: (generation) => post("robot/reset", { generation }, requestMs),
  };
}
