import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface TruthLine {
  readonly timeMs: number;
  readonly xM: number;
  readonly yM: number;
  readonly speedMps: number;
  readonly turnRadps: number;
  readonly contacts: number;
}

export interface RunningTimmy {
  readonly dashboard: string;
  readonly mqttPort: number;
  /** The folder with memory, log and money. */
  readonly folder: string;
  /** The process of a part now; a restarted one is another. */
  pidOf(part: keyof typeof mainFiles): number;
  /** What it wrote to stderr so far. */
  said(): string;
  /** Waits until a sentence stands on stderr so many times. */
  saysWithin(sentence: string, timeoutMs: number, times?: number): Promise<void>;
  /** The newest true state of the simulated body. */
  truth(): TruthLine;
  /** The newest line after all that had come in: what an instant is measured from. */
  truthNow(): Promise<TruthLine>;
  /** Waits until the true state satisfies `want`; answers it. */
  truthWhen(want: (truth: TruthLine) => boolean, timeoutMs: number): Promise<TruthLine>;
  worldCommand(command: object): void;
  /** POSTs to the API as the dashboard does. */
  post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }>;
  /** GETs from the API as the dashboard does. */
  read(path: string): Promise<unknown>;
  /** A talk, to its end. */
  chat(text: string): Promise<Readonly<Record<string, unknown>>[]>;
  /** A group of the robot's state, as the dashboard sees it. */
  state(group: string): Promise<unknown>;
  /** The events of one kind that the dashboard has. */
  events(kind: string): Promise<unknown[]>;
  /** Waits until the dashboard is told something, in the words of its event stream. */
  hears(words: string | RegExp): Promise<void>;
  /** Waits until the companion sees the robot online. */
  online(): Promise<void>;
  /** Ctrl-C; answers the exit code. */
  interrupt(): Promise<number | null>;
}

/** Below those that the kernel gives to connections: none takes it before it is used. */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!free) return freePort();
  server.close();
  await once(server, "close");
  return port;
}

interface RobotSnapshot {
  readonly state: Record<string, unknown>;
  readonly events: readonly { readonly kind: string; readonly payload: unknown }[];
}

interface ReadyLine {
  readonly dashboard: string;
  readonly truth: string;
}

const mainFiles = {
  broker: "companion/src/broker-main.ts",
  world: "sim/src/main.ts",
  robot: "robot/src/main.ts",
  treasury: "companion/src/treasury-main.ts",
  companion: "companion/src/main.ts",
} as const;

/** The children of a process by the file that they run. */
function childrenOf(parent: number): { pid: number; args: string }[] {
  const table = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(parent)], {
    encoding: "utf8",
  });
  return table
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, args]) => ({ pid: Number(pid), args: args ?? "" }));
}

/** The robot's own status, in a snapshot or as an event; bodies have one too. */
const robotOnline =
  /"robot":\{"node":"\w+","status":"online"|event: status\ndata: \{"status":"online"/;

const running = new Set<{ child: ChildProcess; folder: string; truth: Socket | null }>();

/** Ends everything that a test left behind. */
export async function endAll(): Promise<void> {
  for (const { child, folder, truth } of running) {
    truth?.destroy();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  }
  running.clear();
}

function deadline(what: string, timeoutMs: number, reject: (error: Error) => void) {
  return setTimeout(() => reject(new Error(`${what}: not within ${timeoutMs} ms`)), timeoutMs);
}

/** Each request on a connection of its own: the server may close an idle one just when it is used again. */
const alone = { connection: "close" };

function readTruth(path: string) {
  const socket = createConnection(path);
  const waiting = new Set<(truth: TruthLine) => void>();
  let newest: TruthLine | null = null;
  createInterface({ input: socket }).on("line", (line) => {
    const json = JSON.parse(line) as TruthLine & { type: string };
    if (json.type !== "truth") return;
    newest = json;
    for (const tell of [...waiting]) tell(json);
  });
  socket.on("error", () => {});
  return { socket, waiting, newest: () => newest };
}

/** Starts `timmy up` as a person would, on free ports, and waits until all parts are up. */
export async function startTimmy(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningTimmy> {
  const [httpPort, mqttPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "timmy-journey-"));
  const child = spawn(
    process.execPath,
    [
      "timmy.ts",
      "up",
      "--json",
      "--no-open",
      "--port",
      String(httpPort),
      "--mqtt-port",
      String(mqttPort),
      "--data",
      folder,
      ...args,
    ],
    // Nobody's Ollama on this machine is asked by a test.
    {
      cwd: root,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, OLLAMA_HOST: "127.0.0.1:9", ...env },
    },
  );
  const entry = { child, folder, truth: null as Socket | null };
  running.add(entry);
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listen of [...listeners]) listen();
  });
  const ready = await new Promise<ReadyLine>((resolve, reject) => {
    const timer = deadline("timmy up", 60_000, reject);
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as ReadyLine);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`timmy up ended with ${code}:\n${stderr}`));
    });
  });
  const truth = readTruth(ready.truth);
  entry.truth = truth.socket;
  function newestTruth(): TruthLine {
    const newest = truth.newest();
    if (newest === null) throw new Error("the world has not said anything yet");
    return newest;
  }
  const truthWhen = (want: (truth: TruthLine) => boolean, timeoutMs: number) =>
    new Promise<TruthLine>((resolve, reject) => {
      const tell = (line: TruthLine) => {
        if (!want(line)) return;
        clearTimeout(timer);
        truth.waiting.delete(tell);
        resolve(line);
      };
      const timer = deadline("the world's state", timeoutMs, reject);
      truth.waiting.add(tell);
    });
  async function session(): Promise<string> {
    const page = await fetch(ready.dashboard, { headers: alone });
    return (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  }
  async function read(path: string): Promise<unknown> {
    const headers = { ...alone, cookie: await session() };
    return (await fetch(new URL(path, ready.dashboard), { headers })).json();
  }
  const snapshot = async () => ((await read("/api/snapshot")) as { robot: RobotSnapshot }).robot;
  /** Reads the dashboard's event stream until something stands in it. */
  async function hears(words: string | RegExp): Promise<void> {
    const headers = { cookie: await session() };
    const events = await fetch(new URL("/api/events", ready.dashboard), { headers });
    let text = "";
    for await (const chunk of events.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (typeof words === "string" ? text.includes(words) : words.test(text)) return;
    }
  }
  async function send(path: string, body: object): Promise<Response> {
    const { origin } = new URL(ready.dashboard);
    const cookie = await session();
    const headers = { ...alone, "content-type": "application/json", cookie, origin };
    const text = JSON.stringify(body);
    return fetch(new URL(path, ready.dashboard), { method: "POST", headers, body: text });
  }
  async function post(path: string, body: object) {
    const answer = await send(path, body);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function chat(text: string) {
    const lines = (await (await send("/api/chat", { text })).text()).trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  return {
    dashboard: ready.dashboard,
    mqttPort,
    folder,
    pidOf(part) {
      const found = childrenOf(child.pid ?? 0).find(({ args }) => args.includes(mainFiles[part]));
      if (found === undefined) throw new Error(`the ${part} does not run`);
      return found.pid;
    },
    said: () => stderr,
    saysWithin: (sentence, timeoutMs, times = 1) =>
      new Promise((resolve, reject) => {
        const timer = deadline(`"${sentence}"`, timeoutMs, reject);
        const look = () => {
          if (stderr.split(sentence).length <= times) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    async truthNow() {
      // A line that comes in now brings with it, in one read, whatever had been waiting before it.
      await truthWhen(() => true, 10_000);
      return newestTruth();
    },
    truth: newestTruth,
    truthWhen,
    worldCommand: (command) => void truth.socket.write(`${JSON.stringify(command)}\n`),
    post,
    read,
    chat,
    state: async (group) => (await snapshot()).state[group],
    events: async (kind) =>
      (await snapshot()).events.filter((e) => e.kind === kind).map((e) => e.payload),
    hears,
    online: () => hears(robotOnline),
    async interrupt() {
      child.kill("SIGINT");
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    },
  };
}
