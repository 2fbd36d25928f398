import { parentPort, workerData } from "node:worker_threads";
import type { LogFields, Logger, LogLevel } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
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

function transportTo(core: CorePlace, logger: Logger): Transport {
  return "socketPath" in core
    ? createSocketTransport(core.socketPath)
    : createSerialTransport(core.serialPath, { logger });
}

/** The thread that owns the link: its heartbeats leave also while the main thread stands still. */
function main(): void {
  const port = parentPort;
  if (port === null) return;
  const setup: WorkerSetup = workerData;
  const say = (message: FromWorker) => port.postMessage(message);
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
      case "reset": {
        const outcome = await link.reset(message.generation);
        return say({ kind: "answer", ask: message.ask, outcome });
      }
    }
  }
  // A failure here is a bug: unhandled, it ends this thread, and the owner starts a new one.
  port.on("message", (message: ToWorker) => void take(message));
}

main();
