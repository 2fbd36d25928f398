import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
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
    import { watchParent, stdinIsPipe } from ${JSON.stringify(join(here, "parent-watch.ts"))};
    watchParent({ stdin: process.stdin, isPipe: stdinIsPipe(), onGone: () => process.exit() });
    setInterval(() => {}, 1000);
    console.log(JSON.stringify({ ready: true, pid: process.pid }));`;
  await writeFile(join(folder, "good.mjs"), good);
  await writeFile(join(folder, "bad.mjs"), `console.error("cannot begin"); process.exit(3);`);
  const parent = `
    import { spawnChild } from ${JSON.stringify(join(here, "child-process.ts"))};
    const child = spawnChild(process.execPath, [process.argv[2]]);
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
    const parent = spawn(process.execPath, [join(folder, "parent.mjs"), join(folder, "good.mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: parent.stdout });
    const [line] = (await once(lines, "line")) as [string];
    const pid = pidOf(line);
    expect(process.kill(pid, 0)).toBe(true);
    // The grandchild holds the other end of this pipe: its close is the grandchild's end.
    const closed = once(parent, "close");
    parent.kill("SIGKILL");
    await closed;
    const gone = async () => {
      for (;;) {
        try {
          process.kill(pid, 0);
        } catch {
          return true;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    expect(await gone()).toBe(true);
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
