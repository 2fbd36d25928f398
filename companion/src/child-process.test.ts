import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawnChild } from "./child-process.ts";
import { watchParent } from "./parent-watch.ts";
import { createSupervisor, type SupervisorEvent } from "./supervisor.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timmy-children-"));
  const here = fileURLToPath(new URL(".", import.meta.url));
  const good = `
    import { connect } from "node:net";
    import { watchParent, stdinIsPipe } from ${JSON.stringify(join(here, "parent-watch.ts"))};
    watchParent({ stdin: process.stdin, isPipe: stdinIsPipe(), onGone: () => process.exit() });
    setInterval(() => {}, 1000);
    if (process.argv[2]) connect(process.argv[2]);
    console.log(JSON.stringify({ ready: true, pid: process.pid }));`;
  await writeFile(join(folder, "good.mjs"), good);
  await writeFile(join(folder, "bad.mjs"), `console.error("cannot begin"); process.exit(3);`);
  const parent = `
    import { spawnChild } from ${JSON.stringify(join(here, "child-process.ts"))};
    const child = spawnChild(process.execPath, process.argv.slice(2));
    child.onLine((_, line) => console.log(line));`;
  await writeFile(join(folder, "parent.mjs"), parent);
});
afterAll(() => rm(folder, { recursive: true }));

const readyLine = /"ready":true/;
const pidOf = (line: string | undefined) => Number(JSON.parse(line ?? "{}").pid);

/** Resolves at the first event that fits. */
function createEvents() {
  const seen: SupervisorEvent[] = [];
  const waiting: (() => void)[] = [];
  return {
    seen,
    add(event: SupervisorEvent) {
      seen.push(event);
      for (const look of waiting) look();
    },
    until: (fits: (event: SupervisorEvent) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (seen.some(fits)) resolve();
        };
        waiting.push(look);
        look();
      }),
  };
}

describe("real processes under the supervisor", () => {
  it("start, come back after kill -9, and end", async () => {
    const events = createEvents();
    const part = (name: string) => ({
      name,
      command: process.execPath,
      args: [join(folder, "good.mjs")],
      readyLine,
      stopFirst: name === "robot",
    });
    const supervisor = createSupervisor({
      processes: [part("broker"), part("robot")],
      time: createSystemTime(),
      logger: createMemoryLogger(),
      spawn: spawnChild,
      onEvent: events.add,
    });
    const outcome = await supervisor.start();
    if (!outcome.ok) throw new Error(outcome.sentence);
    const pid = pidOf(outcome.ready.get("robot"));
    // A group of its own, so that Ctrl-C in the terminal does not reach it.
    expect(process.kill(-pid, 0)).toBe(true);
    process.kill(pid, "SIGKILL");
    await events.until(({ kind }) => kind === "back");
    expect(events.seen.map(({ sentence }) => sentence)).toContain(
      "The robot process was killed (SIGKILL); restarting it.",
    );
    expect(pidOf(outcome.ready.get("robot"))).not.toBe(pid);
    await supervisor.stop();
    const stopped = events.seen.filter(({ kind }) => kind === "stopped");
    expect(stopped.map(({ name }) => name)).toEqual(["robot", "broker"]);
    expect(() => process.kill(pidOf(outcome.ready.get("robot")), 0)).toThrow();
  });

  it("say their last lines when they cannot begin, or cannot be run", async () => {
    const start = (command: string, args: readonly string[]) =>
      createSupervisor({
        processes: [{ name: "robot", command, args, readyLine }],
        time: createSystemTime(),
        logger: createMemoryLogger(),
        spawn: spawnChild,
        onEvent: () => {},
      }).start();
    expect(await start(process.execPath, [join(folder, "bad.mjs")])).toEqual({
      ok: false,
      sentence: "The robot process ended with exit code 3. Its last lines:\n  cannot begin",
    });
    expect(await start(join(folder, "nothing"), [])).toMatchObject({
      ok: false,
      sentence: expect.stringContaining("could not be run"),
    });
  });

  it("end when the supervisor itself is killed", async () => {
    // The grandchild holds a connection to us: that it closes is the grandchild's end.
    const address = join(folder, "alive.sock");
    const server = createServer().listen(address);
    const args = [join(folder, "parent.mjs"), join(folder, "good.mjs"), address];
    const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [socket] = (await once(server, "connection")) as [Socket];
    const gone = once(socket.resume(), "close");
    const ended = once(parent, "exit");
    parent.kill("SIGKILL");
    await gone;
    server.close();
    expect(await ended).toEqual([null, "SIGKILL"]);
  });
});

describe("the watch over the parent", () => {
  const watch = (isPipe: boolean) => {
    const stdin = new PassThrough();
    let gone = 0;
    watchParent({ stdin, isPipe, onGone: () => gone++ });
    return { stdin, gone: () => gone };
  };
  it("tells once when the pipe ends, whatever was written before", async () => {
    const { stdin, gone } = watch(true);
    stdin.write("noise");
    expect(gone()).toBe(0);
    stdin.end();
    await once(stdin, "close");
    expect(gone()).toBe(1);
  });
  it("watches nothing that is no pipe", async () => {
    const { stdin, gone } = watch(false);
    stdin.resume();
    stdin.end();
    await once(stdin, "close");
    expect(gone()).toBe(0);
  });
});
