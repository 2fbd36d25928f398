import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import type { BrokerAddress, BrokerHost } from "./broker-host.ts";
import {
  type BrokerUser,
  mosquittoAcl,
  mosquittoConfig,
  mosquittoPasswords,
} from "./mosquitto-config.ts";

export const mosquittoPath = "/usr/sbin/mosquitto";
/** Tries to reach a broker that was just started, and milliseconds between them. */
const tries = 100;
const tryMs = 50;

export interface MosquittoOptions {
  readonly port: number;
  readonly host?: string;
  readonly users: readonly BrokerUser[];
  readonly makeSalt: () => Uint8Array;
  readonly time: Time;
  readonly logger: Logger;
  readonly command?: string;
}

/** Whether a port is free; 0 is answered with one that is. */
function freePort({ host, port }: BrokerAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new TimmyError("port-taken", `Port ${port}.`, { cause: error }) : error);
    });
    probe.listen(port, host, () => {
      const address = probe.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      probe.close(() => resolve(found));
    });
  });
}

function reaches({ host, port }: BrokerAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Mosquitto as a child, with a configuration, an access list and passwords of our own. */
class MosquittoBroker implements BrokerHost {
  readonly #options: MosquittoOptions;
  #child: ChildProcess | null = null;
  #folder: string | null = null;
  #port = 0;

  constructor(options: MosquittoOptions) {
    this.#options = options;
  }

  async start(): Promise<number> {
    if (this.#child !== null) return this.#port;
    const { host = "127.0.0.1", logger, command = mosquittoPath } = this.#options;
    const port = await freePort({ host, port: this.#options.port });
    const config = await this.#write({ host, port });
    // "ignore" for its input: unlike our own processes it does not end with it.
    const child = spawn(command, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    let words = "";
    child.stderr.on("data", (bytes: Buffer) => {
      words = (words + String(bytes)).slice(-2000);
      logger.warn("mosquitto", { line: String(bytes).trim().slice(0, 400) });
    });
    let ended = false;
    child.once("error", () => (ended = true)).once("exit", () => (ended = true));
    for (let i = 0; i < tries && !ended; i++) {
      if (await reaches({ host, port })) {
        this.#port = port;
        return port;
      }
      await this.#pause();
    }
    await this.stop();
    throw new TimmyError("broker-away", `Mosquitto did not start: ${words.trim()}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    const folder = this.#folder;
    this.#child = null;
    this.#folder = null;
    if (
      child !== null &&
      child.pid !== undefined &&
      child.exitCode === null &&
      child.signalCode === null
    ) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      await gone;
    }
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  async #write(address: BrokerAddress): Promise<string> {
    const { users, makeSalt } = this.#options;
    const folder = await mkdtemp(join(tmpdir(), "timmy-mosquitto-"));
    this.#folder = folder;
    const files = { acl: join(folder, "acl"), passwords: join(folder, "passwords") };
    const config = join(folder, "mosquitto.conf");
    await writeFile(files.acl, mosquittoAcl(users), { mode: 0o600 });
    await writeFile(files.passwords, mosquittoPasswords(users, makeSalt), { mode: 0o600 });
    const user = process.getuid?.() === 0 ? "user root\n" : "";
    await writeFile(config, user + mosquittoConfig(address, files), { mode: 0o600 });
    await chmod(folder, 0o700);
    return config;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.time.timers.after("mosquitto starts", tryMs, resolve);
    });
  }
}

export function createMosquitto(options: MosquittoOptions): BrokerHost {
  return new MosquittoBroker(options);
}
