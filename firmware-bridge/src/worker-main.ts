import { parentPort, workerData } from "node:worker_threads";
import type { LogFields, Logger, LogLevel } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { ownerAliveMs, ownerSilentMs } from "./limits.ts";
import { createLink } from "./link.ts";
import { createSerialTransport } from "./serial.ts";
import { createSocketTransport } from "./socket.ts";
import type { Transport } from "./transport.ts";
import {
  type CorePlace,
  type FromWorker,
  remainingMs,
  sharedNowMs,
  type ToWorker,
  type WorkerSetup,
} from "./worker-messages.ts";

/** The way to the owner: a thread's port, or a process's channel. */
interface Owner {
  readonly setup: WorkerSetup;
  /** A frozen process freezes its threads with it, and the link falls silent; not so its child. */
  readonly mayFreezeAlone: boolean;
  say(message: FromWorker): void;
  listen(take: (message: ToWorker) => void): void;
}

function findOwner(): Owner {
  if (parentPort !== null) {
    const port = parentPort;
    return {
      setup: workerData,
      mayFreezeAlone: false,
      say: (message) => port.postMessage(message),
      listen: (take) => port.on("message", take),
    };
  }
  // Who has no owner any more has nobody to drive for; the core notices the silence.
  process.on("disconnect", () => process.exit(0));
  return {
    setup: JSON.parse(process.argv[2] ?? "{}"),
    mayFreezeAlone: true,
    say: (message) => process.send?.(message),
    listen: (take) => process.on("message", (message) => take(message as ToWorker)),
  };
}

function transportTo(core: CorePlace, logger: Logger): Transport {
  return "socketPath" in core
    ? createSocketTransport(core.socketPath)
    : createSerialTransport(core.serialPath, { logger });
}

/** What owns the link: its heartbeats leave also while the robot's main thread stands still. */
function main(): void {
  const { setup, mayFreezeAlone, say, listen } = findOwner();
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      say({ kind: "log", level, message, fields });
  const logger: Logger = {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
  };
  const link = createLink({
    transport: transportTo(setup.core, logger),
    time: createSystemTime(),
    logger,
    session: setup.session,
  });
  link.onState((state) =>
    say({ kind: "state", state, atMs: sharedNowMs(), errors: link.errors() }),
  );
  link.onStop((event) => say({ kind: "stop-event", event }));
  link.onLink((up) => say({ kind: "link", up }));

  async function take(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "start":
        return link.start();
      case "stop":
        await link.stop();
        return say({ kind: "ended", ask: message.ask });
      case "arm":
        return say({ kind: "answer", ask: message.ask, outcome: await link.arm() });
      case "disarm":
        return link.disarm();
      case "set-point": {
        const ttlMs = remainingMs(message, sharedNowMs());
        return link.setPoint(message.linearMps, message.angularRadps, ttlMs);
      }
      case "halt": {
        const report = await link.halt(message.how, message.reason);
        return say({ kind: "report", ask: message.ask, report });
      }
      case "alive":
        return;
      case "reset": {
        const outcome = await link.reset(message.generation);
        return say({ kind: "answer", ask: message.ask, outcome });
      }
    }
  }
  let heardMs = sharedNowMs();
  // A failure here is a bug: unhandled, it ends us, and the owner starts another one.
  listen((message) => {
    heardMs = sharedNowMs();
    void take(message);
  });
  if (!mayFreezeAlone) return;
  setInterval(() => {
    const drives = link.latest()?.state.mode === "armed";
    if (drives && sharedNowMs() - heardMs > ownerSilentMs) void link.halt("stop", "owner-frozen");
  }, ownerAliveMs);
}

main();
