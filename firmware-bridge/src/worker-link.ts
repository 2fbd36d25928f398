import { randomInt } from "node:crypto";
import type { Logger } from "@timmy/shared/ports/logger";
import { createSystemTime, type Timer } from "@timmy/shared/ports/time";
import type { CoreLink, CoreState, LinkOutcome, StopEvent, StopReport } from "./core-link.ts";
import { maxTtlMs, workerEndMs, workerRestartMs } from "./limits.ts";
import { type LinkRunner, startLinkRunner } from "./link-runner.ts";
import { subscribe } from "./listeners.ts";
import { motionOf } from "./vocabulary.ts";
import {
  type CorePlace,
  type FromWorker,
  sharedNowMs,
  type ToWorker,
  type WorkerSetup,
} from "./worker-messages.ts";

export type WorkerLinkOptions = CorePlace & { readonly logger: Logger };

/** The same link in a thread or process of its own; a stall of the caller's thread stalls no heartbeat. */
export function createWorkerLink({ logger, ...core }: WorkerLinkOptions): CoreLink {
  const { timers } = createSystemTime();
  const stateListeners = new Set<(state: CoreState) => void>();
  const stopListeners = new Set<(event: StopEvent) => void>();
  const linkListeners = new Set<(up: boolean) => void>();
  const answers = new Map<number, (outcome: LinkOutcome) => void>();
  const reports = new Map<number, { reason: string; settle: (report: StopReport) => void }>();
  const endings = new Map<number, () => void>();
  let worker: LinkRunner | null = null;
  let restart: Timer | null = null;
  let wanted = false;
  let asks = 0;
  let up = false;
  let newest: { state: CoreState; atMs: number } | null = null;
  let errors = 0;

  function setUp(now: boolean): void {
    if (up === now) return;
    up = now;
    for (const listen of linkListeners) listen(up);
  }

  function unconfirmed(reason: string): StopReport {
    const speedMps = newest === null ? Number.NaN : motionOf(newest.state);
    const generation = newest?.state.generation ?? 0;
    return { state: "unconfirmed", reason, speedMps, generation };
  }

  /** Nobody is left to answer: say so at once instead of letting callers wait. */
  function abandon(): void {
    const detail = "The thread of the link ended.";
    for (const settle of answers.values()) settle({ ok: false, reason: "link-down", detail });
    for (const { reason, settle } of reports.values()) settle(unconfirmed(reason));
    for (const settle of endings.values()) settle();
    answers.clear();
    reports.clear();
    endings.clear();
    setUp(false);
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case "state":
        newest = { state: message.state, atMs: message.atMs };
        errors = message.errors;
        for (const listen of stateListeners) listen(message.state);
        return;
      case "stop-event":
        for (const listen of stopListeners) listen(message.event);
        return;
      case "link":
        return setUp(message.up);
      case "answer":
        answers.get(message.ask)?.(message.outcome);
        answers.delete(message.ask);
        return;
      case "report":
        reports.get(message.ask)?.settle(message.report);
        reports.delete(message.ask);
        return;
      case "ended":
        endings.get(message.ask)?.();
        endings.delete(message.ask);
        return;
      case "log":
        return logger[message.level](message.message, message.fields);
    }
  }

  function spawn(): void {
    const setup: WorkerSetup = { core, session: randomInt(1, 0xffff_ffff) };
    const fresh = startLinkRunner(setup, {
      message(message) {
        if (worker === fresh) take(message);
      },
      failed: (reason) => logger.error("link thread failed", { reason }),
      ended() {
        if (worker !== fresh) return;
        worker = null;
        abandon();
        if (wanted) restart = timers.after("link-thread-restart", workerRestartMs, spawn);
      },
    });
    worker = fresh;
    post({ kind: "start" });
  }

  function post(message: ToWorker): boolean {
    worker?.post(message);
    return worker !== null;
  }

  return {
    start() {
      if (wanted) return;
      wanted = true;
      spawn();
    },
    async stop() {
      if (!wanted) return;
      wanted = false;
      restart?.cancel();
      const old = worker;
      if (old === null) return;
      // A thread that hangs is ended all the same; the core then notices the silence itself.
      const { promise, resolve } = Promise.withResolvers<void>();
      const limit = timers.after("link-thread-end", workerEndMs, resolve);
      endings.set(++asks, resolve);
      post({ kind: "stop", ask: asks });
      await promise;
      limit.cancel();
      worker = null;
      abandon();
      await old.end();
    },
    arm: () =>
      new Promise((resolve) => {
        answers.set(++asks, resolve);
        if (!post({ kind: "arm", ask: asks })) abandon();
      }),
    disarm() {
      post({ kind: "disarm" });
    },
    setPoint(linearMps, angularRadps, ttlMs) {
      const bounded = Math.min(ttlMs, maxTtlMs);
      const atMs = sharedNowMs();
      post({ kind: "set-point", linearMps, angularRadps, ttlMs: bounded, atMs });
    },
    halt: (how, reason) =>
      new Promise((resolve) => {
        reports.set(++asks, { reason, settle: resolve });
        if (!post({ kind: "halt", ask: asks, how, reason })) abandon();
      }),
    reset: (generation) =>
      new Promise((resolve) => {
        answers.set(++asks, resolve);
        if (!post({ kind: "reset", ask: asks, generation })) abandon();
      }),
    latest: () =>
      newest === null ? null : { state: newest.state, ageMs: sharedNowMs() - newest.atMs },
    linkUp: () => up,
    onState: (listen) => subscribe(stateListeners, listen),
    onStop: (listen) => subscribe(stopListeners, listen),
    onLink: (listen) => subscribe(linkListeners, listen),
    errors: () => errors,
  };
}
