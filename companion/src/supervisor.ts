import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import type { Spawn } from "./child-process.ts";
import { deathWindowMs, maxDeaths, restartFirstMs, restartLongestMs } from "./limits.ts";
import { beginLife, describeExit, type Life, type ProcessSpec } from "./supervised-part.ts";

export interface SupervisorEvent {
  readonly kind: "ready" | "died" | "back" | "gave-up" | "not-started" | "stopping" | "stopped";
  readonly name: string;
  /** One sentence for a person. */
  readonly sentence: string;
}

export type StartOutcome =
  | { readonly ok: true; readonly ready: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly sentence: string };

export interface SupervisorPorts {
  readonly processes: readonly ProcessSpec[];
  readonly time: Time;
  readonly logger: Logger;
  readonly spawn: Spawn;
  readonly onEvent: (event: SupervisorEvent) => void;
}

export interface Supervisor {
  /** Starts all in order, each after the one before is ready. */
  start(): Promise<StartOutcome>;
  /** Stops all: first those marked so, then the others from the last to the first. Idempotent. */
  stop(): Promise<void>;
  /** Ends when everything has stopped; the sentence says why, null when it was asked for. */
  readonly ended: Promise<string | null>;
}

/** Keeps the processes of `timmy up` alive; a part that dies too often takes all down with it. */
export function createSupervisor(ports: SupervisorPorts): Supervisor {
  const { processes, time, logger, onEvent } = ports;
  const { clock, timers } = time;
  const lives = new Map<string, Life>();
  const ready = new Map<string, string>();
  const ended = Promise.withResolvers<string | null>();
  const stopAsked = Promise.withResolvers<null>();
  let stopping: Promise<void> | null = null;

  function tell(kind: SupervisorEvent["kind"], name: string, sentence: string): void {
    logger.info("process event", { kind, name, sentence });
    onEvent({ kind, name, sentence });
  }
  function pause(name: string, delayMs: number): Promise<void> {
    const waited = Promise.withResolvers<void>();
    const timer = timers.after(`restart ${name}`, delayMs, waited.resolve);
    return Promise.race([waited.promise, stopAsked.promise]).then(() => timer.cancel());
  }
  /** One life up to its ready line; null when it is ready, else why it is not. */
  async function bringUp(spec: ProcessSpec): Promise<string | null> {
    const life = beginLife(spec, ready, ports);
    lives.set(spec.name, life);
    const outcome = await Promise.race([life.ready, stopAsked.promise]);
    if (outcome === null) return null;
    if (outcome.ok) {
      ready.set(spec.name, outcome.line);
      return null;
    }
    const how = outcome.exit === null ? "did not say that it is ready" : describeExit(outcome.exit);
    if (outcome.exit === null) await life.end();
    lives.delete(spec.name);
    const last = life.errors();
    const words =
      last.length === 0 ? "It said nothing." : `Its last lines:\n  ${last.join("\n  ")}`;
    return `The ${spec.name} process ${how}. ${words}`;
  }
  /** Follows a part for as long as it is wanted. */
  async function keepAlive(spec: ProcessSpec): Promise<void> {
    const deaths: number[] = [];
    for (let life = lives.get(spec.name); life !== undefined; life = lives.get(spec.name)) {
      const exit = await life.ended;
      let how = `The ${spec.name} process ${describeExit(exit)}`;
      for (;;) {
        if (stopping !== null) return;
        lives.delete(spec.name);
        const nowMs = clock.monotonicMs();
        deaths.push(nowMs);
        while ((deaths[0] ?? nowMs) <= nowMs - deathWindowMs) deaths.shift();
        if (deaths.length >= maxDeaths) return giveUp(spec, deaths.length, life.errors());
        tell("died", spec.name, `${how}; restarting it.`);
        await pause(
          spec.name,
          Math.min(restartFirstMs * 2 ** (deaths.length - 1), restartLongestMs),
        );
        if (stopping !== null) return;
        const failure = await bringUp(spec);
        if (failure === null) break;
        how = failure;
      }
      if (stopping !== null) return;
      tell("back", spec.name, `The ${spec.name} process is back.`);
    }
  }
  async function giveUp(
    spec: ProcessSpec,
    deaths: number,
    errors: readonly string[],
  ): Promise<void> {
    const last = errors.length === 0 ? "" : ` Its last lines:\n  ${errors.join("\n  ")}`;
    const seconds = deathWindowMs / 1000;
    const what = `The ${spec.name} process ended ${deaths} times within ${seconds} s`;
    if (spec.essential === false) {
      return tell("gave-up", spec.name, `${what}; going on without it.${last}`);
    }
    const sentence = `${what}; stopping everything.${last}`;
    tell("gave-up", spec.name, sentence);
    await stopAll(sentence);
  }
  async function stopOne(spec: ProcessSpec): Promise<void> {
    const life = lives.get(spec.name);
    if (life === undefined) return;
    tell("stopping", spec.name, `Stopping the ${spec.name} process.`);
    const exit = await life.end();
    lives.delete(spec.name);
    tell("stopped", spec.name, `The ${spec.name} process ${describeExit(exit)}.`);
  }
  function stopAll(why: string | null): Promise<void> {
    stopping ??= (async () => {
      stopAsked.resolve(null);
      const first = processes.filter((spec) => spec.stopFirst === true);
      const rest = processes.filter((spec) => spec.stopFirst !== true).reverse();
      for (const spec of [...first, ...rest]) await stopOne(spec);
      ended.resolve(why);
    })();
    return stopping;
  }
  return {
    ended: ended.promise,
    stop: () => stopAll(null),
    async start() {
      for (const spec of processes) {
        if (stopping !== null) break;
        const failure = await bringUp(spec);
        if (stopping !== null) break;
        if (failure === null) {
          tell("ready", spec.name, `The ${spec.name} process is ready.`);
          keepAlive(spec).catch((error: unknown) => {
            logger.error("the supervisor lost a process", {
              name: spec.name,
              error: String(error),
            });
          });
          continue;
        }
        tell("not-started", spec.name, failure);
        if (spec.essential === false) continue;
        await stopAll(failure);
        return { ok: false, sentence: failure };
      }
      if (stopping === null) return { ok: true, ready };
      await stopping;
      return { ok: false, sentence: "It was stopped while it started." };
    },
  };
}
