import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { ownerAliveMs } from "./limits.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker-messages.ts";

/** Whatever runs a link beside its caller's thread. */
export interface LinkRunner {
  post(message: ToWorker): void;
  end(): Promise<void>;
}

export interface LinkRunnerListener {
  message(message: FromWorker): void;
  failed(reason: string): void;
  ended(): void;
}

const entry = new URL("./worker-main.ts", import.meta.url);

function startThread(setup: WorkerSetup, listener: LinkRunnerListener): LinkRunner {
  const worker = new Worker(entry, { workerData: setup });
  worker.on("message", (message: FromWorker) => listener.message(message));
  worker.on("error", (error) => listener.failed(error.message));
  worker.on("exit", () => listener.ended());
  return {
    post: (message) => worker.postMessage(message),
    async end() {
      await worker.terminate();
    },
  };
}

function startProcess(setup: WorkerSetup, listener: LinkRunnerListener): LinkRunner {
  const child = fork(entry, [JSON.stringify(setup)], {
    // JSON would make null of a NaN, and a wish that is no number must stay one.
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const gone = Promise.withResolvers<void>();
  const alive = setInterval(() => post({ kind: "alive" }), ownerAliveMs);
  alive.unref();
  function post(message: ToWorker): void {
    // The exit follows; a message to a dead process is lost, as to a dead thread.
    if (child.connected) child.send(message, () => undefined);
  }
  child.on("message", (message) => listener.message(message as FromWorker));
  child.on("error", (error) => listener.failed(error.message));
  child.on("exit", () => {
    clearInterval(alive);
    gone.resolve();
    listener.ended();
  });
  return {
    post,
    async end() {
      child.kill("SIGKILL");
      await gone.promise;
    },
  };
}

/**
 * A link to a socket runs in a thread. A cable's runs in a process: the serial library belongs to
 * a process's main loop, and ends a process that uses it from another thread.
 */
export function startLinkRunner(setup: WorkerSetup, listener: LinkRunnerListener): LinkRunner {
  return "socketPath" in setup.core ? startThread(setup, listener) : startProcess(setup, listener);
}
