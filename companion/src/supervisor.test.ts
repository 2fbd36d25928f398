import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import type { ChildExit, Spawn } from "./child-process.ts";
import type { ProcessSpec } from "./supervised-part.ts";
import { createSupervisor } from "./supervisor.ts";

interface FakeChild {
  readonly command: string;
  readonly args: readonly string[];
  readonly signals: string[];
  say(line: string): void;
  complain(line: string): void;
  exit(exit: Partial<ChildExit>): void;
}

/** Children that only do what the test says; `stubborn` ones ignore SIGTERM. */
function fakeSpawn(options: { stubborn?: readonly string[] } = {}) {
  const children: FakeChild[] = [];
  const log: string[] = [];
  const spawn: Spawn = (command, args) => {
    let line: (from: "stdout" | "stderr", text: string) => void = () => {};
    let exited: (exit: ChildExit) => void = () => {};
    const child: FakeChild = {
      command,
      args,
      signals: [],
      say: (text) => line("stdout", text),
      complain: (text) => line("stderr", text),
      exit: (exit) => exited({ code: null, signal: null, error: null, ...exit }),
    };
    children.push(child);
    log.push(`start ${command}`);
    return {
      onLine: (listen) => {
        line = listen;
      },
      onExit: (listen) => {
        exited = listen;
      },
      kill(signal) {
        child.signals.push(signal);
        log.push(`${signal} ${command}`);
        if (signal === "SIGKILL") child.exit({ signal });
        else if (options.stubborn?.includes(command) !== true) child.exit({ code: 0 });
      },
    };
  };
  return { spawn, children, log };
}

const spec = (name: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name,
  command: name,
  args: [],
  readyLine: /"ready":true/,
  ...more,
});
const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

function setUp(processes: readonly ProcessSpec[], options = {}) {
  const time = createVirtualTime();
  const fake = fakeSpawn(options);
  const said: string[] = [];
  const supervisor = createSupervisor({
    processes,
    time,
    logger: createMemoryLogger(),
    spawn: fake.spawn,
    onEvent: ({ sentence }) => said.push(sentence),
  });
  const ready = async () => {
    fake.children.at(-1)?.say('{"ready":true,"port":7}');
    await settle();
  };
  const advance = async (ms: number) => {
    time.advanceTo(time.clock.monotonicMs() + ms);
    await settle();
  };
  return { ...fake, time, said, supervisor, ready, advance };
}

async function running(options = {}) {
  const s = setUp([spec("broker"), spec("robot", { stopFirst: true }), spec("companion")], options);
  const started = s.supervisor.start();
  await s.ready();
  await s.ready();
  await s.ready();
  expect(await started).toMatchObject({ ok: true });
  s.log.length = 0;
  s.said.length = 0;
  return s;
}

describe("the supervisor starts", () => {
  it("each part after the one before is ready, with what that one said", async () => {
    const after = spec("robot", { args: (ready) => ["--after", ready.get("broker") ?? ""] });
    const s = setUp([spec("broker"), after]);
    const started = s.supervisor.start();
    await settle();
    expect(s.log).toEqual(["start broker"]);
    s.children[0]?.say("hello");
    await settle();
    expect(s.log).toEqual(["start broker"]);
    await s.ready();
    expect(s.children[1]?.args).toEqual(["--after", '{"ready":true,"port":7}']);
    await s.ready();
    const outcome = await started;
    expect(outcome.ok && outcome.ready.get("robot")).toBe('{"ready":true,"port":7}');
    expect(s.said).toEqual(["The broker process is ready.", "The robot process is ready."]);
  });

  it("nothing more when a part does not become ready, and says which and its last words", async () => {
    const s = setUp([spec("broker"), spec("robot")]);
    const started = s.supervisor.start();
    await s.ready();
    s.children[1]?.complain("no core");
    await s.advance(20_000);
    const outcome = await started;
    expect(outcome).toEqual({
      ok: false,
      sentence: "The robot process did not say that it is ready. Its last lines:\n  no core",
    });
    expect(s.log).toEqual(["start broker", "start robot", "SIGTERM robot", "SIGTERM broker"]);
    expect(await s.supervisor.ended).toContain("robot");
    expect(s.time.pending()).toEqual([]);
  });

  it("nothing more when a part dies or cannot be run at all", async () => {
    const dead = setUp([spec("broker")]);
    const started = dead.supervisor.start();
    dead.children[0]?.exit({ code: 1 });
    expect(await started).toMatchObject({
      sentence: "The broker process ended with exit code 1. It said nothing.",
    });
    const none = setUp([spec("broker")]);
    const tried = none.supervisor.start();
    none.children[0]?.exit({ error: "spawn broker ENOENT" });
    expect(await tried).toMatchObject({
      sentence: expect.stringContaining("could not be run (spawn broker ENOENT)"),
    });
  });

  it("without a part that is not essential", async () => {
    const s = setUp([spec("viewer", { essential: false }), spec("robot")]);
    const started = s.supervisor.start();
    s.children[0]?.exit({ code: 1 });
    await settle();
    await s.ready();
    expect((await started).ok).toBe(true);
  });

  it("keeps only the last lines of a part that complains a lot", async () => {
    const s = setUp([spec("broker")]);
    const started = s.supervisor.start();
    for (let i = 0; i < 100; i++) s.children[0]?.complain(`line ${i} ${"x".repeat(1000)}`);
    s.children[0]?.exit({ code: 1 });
    const outcome = await started;
    expect(!outcome.ok && outcome.sentence).toContain("line 99");
    expect(!outcome.ok && outcome.sentence.length).toBeLessThan(6000);
  });
});

describe("the supervisor restarts", () => {
  it("a killed part after a pause, and says so in a sentence", async () => {
    const s = await running();
    s.children[1]?.exit({ signal: "SIGKILL" });
    await settle();
    expect(s.said).toEqual(["The robot process was killed (SIGKILL); restarting it."]);
    expect(s.log).toEqual([]);
    await s.advance(200);
    expect(s.log).toEqual(["start robot"]);
    await s.ready();
    expect(s.said[1]).toBe("The robot process is back.");
  });

  it("more and more slowly, and stops everything at the fifth death in a minute", async () => {
    const s = await running();
    for (const pauseMs of [200, 400, 800, 1600]) {
      s.children.at(-1)?.exit({ code: 1 });
      await settle();
      const starts = s.children.length;
      await s.advance(pauseMs - 1);
      expect(s.children).toHaveLength(starts);
      await s.advance(1);
      expect(s.children).toHaveLength(starts + 1);
      await s.ready();
    }
    s.children.at(-1)?.complain("the port is taken");
    s.children.at(-1)?.exit({ code: 1 });
    expect(await s.supervisor.ended).toBe(
      "The companion process ended 5 times within 60 s; stopping everything. Its last lines:\n  the port is taken",
    );
    expect(s.log.slice(-2)).toEqual(["SIGTERM robot", "SIGTERM broker"]);
    expect(s.time.pending()).toEqual([]);
  });

  it("for ever when the deaths are rare", async () => {
    const s = await running();
    for (let i = 0; i < 20; i++) {
      s.children.at(-1)?.exit({ code: 1 });
      await settle();
      await s.advance(400);
      await s.ready();
      await s.advance(30_000);
    }
    expect(s.said.filter((words) => words.endsWith("is back."))).toHaveLength(20);
    expect(s.said.some((words) => words.includes("stopping everything"))).toBe(false);
  });

  it("counts a restart that does not become ready as a death", async () => {
    const s = await running();
    s.children.at(-1)?.exit({ code: 1 });
    await settle();
    for (let i = 0; i < 6; i++) {
      await s.advance(5000);
      s.children.at(-1)?.exit({ code: 1 });
      await settle();
    }
    expect(await s.supervisor.ended).toContain("ended 5 times");
  });
});

describe("the supervisor stops", () => {
  it("the robot first, then the others from the last to the first, each once the one before is gone", async () => {
    const s = await running();
    await s.supervisor.stop();
    await s.supervisor.stop();
    expect(s.log).toEqual(["SIGTERM robot", "SIGTERM companion", "SIGTERM broker"]);
    expect(await s.supervisor.ended).toBeNull();
    expect(s.time.pending()).toEqual([]);
  });

  it("with SIGKILL what does not end within 3 s", async () => {
    const s = await running({ stubborn: ["robot"] });
    const stopped = s.supervisor.stop();
    await s.advance(2999);
    expect(s.log).toEqual(["SIGTERM robot"]);
    await s.advance(1);
    await stopped;
    expect(s.log).toEqual([
      "SIGTERM robot",
      "SIGKILL robot",
      "SIGTERM companion",
      "SIGTERM broker",
    ]);
    expect(s.said).toContain("The robot process was killed (SIGKILL).");
  });

  it("while a part starts, and while one waits for its restart", async () => {
    const s = setUp([spec("broker"), spec("robot")]);
    const started = s.supervisor.start();
    await s.ready();
    await s.supervisor.stop();
    expect((await started).ok).toBe(false);
    expect(s.log.slice(2)).toEqual(["SIGTERM robot", "SIGTERM broker"]);

    const again = await running();
    again.children[1]?.exit({ signal: "SIGKILL" });
    await settle();
    await again.supervisor.stop();
    await again.advance(60_000);
    expect(again.log).toEqual(["SIGTERM companion", "SIGTERM broker"]);
    expect(again.time.pending()).toEqual([]);
  });
});
