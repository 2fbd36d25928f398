import { abilityName } from "@timmy/shared/agent/ability-words";
import type { AgentBody, BodyAction, BodyKind } from "@timmy/shared/agent/agent-body";
import type { ActionResult, ActOptions, Capability } from "@timmy/shared/agent/tim-agent";
import type { WorldState } from "@timmy/shared/agent/world-state";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { Time } from "@timmy/shared/ports/time";

/** Puts words where a person reads or hears them; settles once they are out, or rejects. */
export type SayWords = (text: string, signal: AbortSignal) => Promise<void>;

export interface WordsBodyPorts {
  readonly kind: Extract<BodyKind, "desktop" | "chat">;
  readonly time: Time;
  /** The screen, or the conversation. */
  readonly show: SayWords;
  /** The loudspeaker; null where there is none. */
  readonly speak: SayWords | null;
}

/** A stop ends what is under way and no more: there is nothing that must be reset. */
export const stoppedWords = "Stopped before it was done.";
const lateWords = "It was not done by its deadline.";
const wordsFor = (why: ErrorCode): string => {
  if (why === "stopped") return stoppedWords;
  return why === "deadline-passed" ? lateWords : errorTable[why].sentence;
};

const noWheels = ["goto", "patrol", "dock", "move", "look"];

export function wordsCapabilities(loudspeaker: boolean): readonly Capability[] {
  const can = (name: string): Capability => ({ name, available: true, note: "" });
  const cannot = (note: string) => (name: string) => ({ name, available: false, note });
  return [
    ...["stop", "sleep"].map(can),
    ...["say", "speak"].map(loudspeaker ? can : cannot("It has no loudspeaker.")),
    ...noWheels.map(cannot("It has no wheels.")),
    cannot("It has no gripper.")("grip"),
  ];
}

/** A body of words: it stands still, senses nothing of a house, and says so in every reading. */
export function createWordsBody(ports: WordsBodyPorts): AgentBody<ActOptions> {
  const { kind, time, show, speak } = ports;
  const { clock, timers } = time;
  /** Ends what is being said, or slept, when somebody says stop. */
  let current = new AbortController();

  const nothing = <T>(value: T) => ({ value, ageMs: Number.POSITIVE_INFINITY, valid: false });
  function sense(): Omit<WorldState, "heard"> {
    return {
      atMs: clock.monotonicMs(),
      pose: nothing({ xM: 0, yM: 0, headingRad: 0 }),
      poseSigmaM: Number.POSITIVE_INFINITY,
      room: null,
      rangeFrontM: nothing(0),
      speedMps: nothing(0),
      batteryV: nothing(0),
      mode: "disarmed",
      stopReason: null,
    };
  }
  function ended(
    startMs: number,
    outcome: ActionResult["outcome"],
    reason: ErrorCode | null,
    sentence: string,
  ): ActionResult {
    return { outcome, reason, sentence, evidence: null, startMs, endMs: clock.monotonicMs() };
  }
  /** Why something was given up: by its caller, by a stop, or by its deadline. */
  function whyAborted(options: ActOptions): ErrorCode {
    const { reason } = options.signal;
    if (!options.signal.aborted) return current.signal.aborted ? "stopped" : "deadline-passed";
    const known = typeof reason === "string" && Object.hasOwn(errorTable, reason);
    return known ? (reason as ErrorCode) : "superseded";
  }
  /** Runs `work` until it ends, is aborted, stopped, or late; answers null or why not. */
  async function bounded(
    options: ActOptions,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<ErrorCode | null> {
    const late = new AbortController();
    const timer = timers.after("deadline of words", Math.max(0, options.timeoutMs), () => {
      late.abort();
    });
    const signal = AbortSignal.any([options.signal, current.signal, late.signal]);
    const { promise, resolve } = Promise.withResolvers<ErrorCode>();
    const give = () => resolve(whyAborted(options));
    signal.addEventListener("abort", give);
    if (signal.aborted) give();
    try {
      const done = signal.aborted ? promise : work(signal).then(() => null);
      return await Promise.race([done, promise]);
    } catch {
      return signal.aborted ? whyAborted(options) : "internal";
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", give);
    }
  }
  async function say(text: string, options: ActOptions): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    if (speak === null) {
      return ended(startMs, "refused", "no-capability", "It has no loudspeaker.");
    }
    const why = await bounded(options, async (signal) => {
      await show(text, signal);
      await speak(text, signal);
    });
    if (why === null) return ended(startMs, "done", null, `Said "${text}".`);
    const outcome = why === "internal" ? "failed" : "aborted";
    return ended(startMs, outcome, why, wordsFor(why));
  }
  function nap(durationMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = timers.after("sleep", durationMs, resolve);
    signal.addEventListener("abort", () => timer.cancel(), { once: true });
    return promise;
  }
  async function perform(action: BodyAction, options: ActOptions): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    if (action.type !== "stop") current = current.signal.aborted ? new AbortController() : current;
    switch (action.type) {
      case "plan": {
        const steps: NonNullable<ActionResult["steps"]>[number][] = [];
        for (const step of action.plan.steps) {
          const did: BodyAction =
            step.skill === "say" ? { type: "speak", text: step.text } : { type: "stop" };
          const result = await perform(did, options);
          steps.push({ step, result });
          if (result.outcome !== "done") return { ...result, startMs, steps };
        }
        const last = steps.at(-1)?.result.sentence ?? "Nothing to do.";
        return { ...ended(startMs, "done", null, last), steps };
      }
      case "speak":
        return say(action.text, options);
      case "sleep": {
        const why = await bounded(options, (signal) => nap(action.durationMs, signal));
        if (why === null) return ended(startMs, "done", null, "Slept.");
        return ended(startMs, "aborted", why, wordsFor(why));
      }
      case "stop":
        current.abort();
        return ended(startMs, "done", null, "Stopped.");
      case "goto":
      case "move":
      case "look":
      case "grip":
        return ended(
          startMs,
          "refused",
          "no-capability",
          `This body cannot ${abilityName(action.type)}.`,
        );
      default:
        return action satisfies never;
    }
  }
  return {
    kind,
    capabilities: wordsCapabilities(speak !== null),
    sense,
    // Pictures and sounds come with the senses that a desktop may get; none is wired yet.
    notice() {},
    check: () => null,
    perform,
    evidence: () => null,
    tell: ({ text }) => show(text, current.signal),
    async stop() {
      current.abort();
    },
  };
}
