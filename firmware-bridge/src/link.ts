import type { Logger } from "@timmy/shared/ports/logger";
import { hash32 } from "@timmy/shared/ports/random";
import type { Time, Timer } from "@timmy/shared/ports/time";
import type { CoreLink, CoreState, LinkOutcome, StopEvent, StopReport } from "./core-link.ts";
import { createFrameDecoder, encodeFrame } from "./frame-codec.ts";
import { pulseMs } from "./limits.ts";
import { step } from "./link-machine.ts";
import { createLinkState, type LinkEffect, type LinkInput } from "./link-state.ts";
import { subscribe } from "./listeners.ts";
import type { Transport } from "./transport.ts";

export interface LinkPorts {
  readonly transport: Transport;
  readonly time: Time;
  readonly logger: Logger;
  /** Tells this master from others, 1 to 2^32 - 1; without it made from the time of the call. */
  readonly session?: number;
}

/** A link to a core over a transport: carries out what the machine decides, and decides nothing. */
export function createLink({ transport, time, logger, session }: LinkPorts): CoreLink {
  const { clock, timers } = time;
  const token = session ?? hash32(`${clock.wallMs()}:${clock.monotonicMs()}`);
  const decoder = createFrameDecoder();
  const stateListeners = new Set<(state: CoreState) => void>();
  const stopListeners = new Set<(event: StopEvent) => void>();
  const linkListeners = new Set<(up: boolean) => void>();
  const answers = new Map<number, (outcome: LinkOutcome) => void>();
  const reports = new Map<number, (report: StopReport) => void>();
  const queue: LinkInput[] = [];
  let machine = createLinkState(token === 0 ? 1 : token);
  let asks = 0;
  let latestAtMs = 0;
  let taking = false;
  let pulse: Timer | null = null;

  /** Effects may bring inputs in the same call (a transport in memory does): they queue up. */
  function take(input: LinkInput): void {
    queue.push(input);
    if (taking) return;
    taking = true;
    try {
      for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
        const done = step(machine, head, clock.monotonicMs());
        machine = done.state;
        for (const effect of done.effects) perform(effect);
      }
    } finally {
      taking = false;
    }
  }

  function perform(effect: LinkEffect): void {
    switch (effect.kind) {
      case "open":
        return transport.open();
      case "close":
        return transport.close();
      case "send":
        return transport.send(encodeFrame(effect.frame));
      case "answer":
        answers.get(effect.ask)?.(effect.outcome);
        answers.delete(effect.ask);
        return;
      case "report":
        reports.get(effect.ask)?.(effect.report);
        reports.delete(effect.ask);
        return;
      case "state":
        latestAtMs = clock.monotonicMs();
        for (const listen of stateListeners) listen(effect.state);
        return;
      case "stop-event":
        for (const listen of stopListeners) listen(effect.event);
        return;
      case "link":
        if (effect.up) logger.info("the core answers");
        else if (pulse !== null) logger.warn("the core does not answer");
        else logger.info("the link is closed");
        for (const listen of linkListeners) listen(effect.up);
    }
  }

  transport.listen({
    opened: () => take({ kind: "opened" }),
    closed: () => take({ kind: "closed" }),
    bytes: (bytes) => decoder.push(bytes, (frame) => take({ kind: "frame", frame })),
  });

  return {
    start() {
      pulse ??= timers.every("core-link-pulse", pulseMs, () => take({ kind: "pulse" }));
      take({ kind: "start" });
    },
    async stop() {
      pulse?.cancel();
      pulse = null;
      take({ kind: "stop" });
    },
    arm: () =>
      new Promise((resolve) => {
        answers.set(++asks, resolve);
        take({ kind: "arm", ask: asks });
      }),
    disarm: () => take({ kind: "disarm" }),
    setPoint: (linearMps, angularRadps, ttlMs) =>
      take({ kind: "set-point", linearMps, angularRadps, ttlMs }),
    halt: (how, reason) =>
      new Promise((resolve) => {
        reports.set(++asks, resolve);
        take({ kind: "halt", ask: asks, how, reason });
      }),
    reset: (generation) =>
      new Promise((resolve) => {
        answers.set(++asks, resolve);
        take({ kind: "reset", ask: asks, generation });
      }),
    latest: () =>
      machine.latest === null
        ? null
        : { state: machine.latest, ageMs: clock.monotonicMs() - latestAtMs },
    linkUp: () => machine.up,
    onState: (listen) => subscribe(stateListeners, listen),
    onStop: (listen) => subscribe(stopListeners, listen),
    onLink: (listen) => subscribe(linkListeners, listen),
    errors: () => decoder.bad() + machine.dropped,
  };
}
