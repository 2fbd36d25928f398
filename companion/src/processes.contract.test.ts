import { fileURLToPath } from "node:url";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { connectAsync } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { type ChildExit, spawnChild } from "./child-process.ts";
import { createSupervisor } from "./supervisor.ts";

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const readyLine = /"ready":true/;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Runs a process to its end and answers what it said. */
function runToEnd(args: readonly string[]): Promise<ChildExit & { errors: string }> {
  const child = spawnChild(process.execPath, args);
  const errors: string[] = [];
  child.onLine((from, line) => {
    if (from === "stderr") errors.push(line);
  });
  return new Promise((resolve) =>
    child.onExit((exit) => resolve({ ...exit, errors: errors.join("\n") })),
  );
}

async function startBoth() {
  const supervisor = createSupervisor({
    processes: [
      {
        name: "broker",
        command: process.execPath,
        args: [source("broker-main.ts"), "--port", "0"],
        readyLine,
      },
      {
        name: "companion",
        command: process.execPath,
        args: (ready) => [
          source("main.ts"),
          "--port",
          "0",
          "--broker",
          `mqtt://127.0.0.1:${JSON.parse(ready.get("broker") ?? "").port}`,
        ],
        readyLine,
      },
    ],
    time: createSystemTime(),
    logger: createMemoryLogger(),
    spawn: spawnChild,
    onEvent: () => {},
  });
  ends.push(() => supervisor.stop());
  const outcome = await supervisor.start();
  if (!outcome.ok) throw new Error(outcome.sentence);
  const said = (name: string) => JSON.parse(outcome.ready.get(name) ?? "{}");
  return { supervisor, broker: said("broker").port as number, ui: said("companion").ui as string };
}

describe("the companion and the broker as processes", () => {
  it("serve the dashboard, say online and answer a question; leave with offline", async () => {
    const { supervisor, broker, ui } = await startBoth();
    expect((await fetch(new URL("api/health", ui))).status).toBe(200);
    const client = await connectAsync(`mqtt://127.0.0.1:${broker}`, { protocolVersion: 5 });
    ends.push(() => client.endAsync(true));
    const heard: string[] = [];
    const waiting: { word: string; resolve: () => void }[] = [];
    const until = (word: string) =>
      new Promise<void>((resolve) => {
        if (heard.some((line) => line.includes(word))) resolve();
        else waiting.push({ word, resolve });
      });
    client.on("message", (topic, payload) => {
      heard.push(`${topic} ${payload}`);
      for (const { word, resolve } of waiting) if (heard.at(-1)?.includes(word)) resolve();
    });
    await client.subscribeAsync(["timmy/v1/companion/status", "timmy/v1/timmy/reply/+"], {
      qos: 1,
    });
    await until("status online");
    const question = {
      v: 1,
      seq: 0,
      ts: Date.now(),
      id: "q1",
      epoch: 0,
      deadline_ms: Date.now() + 10_000,
      who: "timmy",
      text: "go to the kitchen, say hello, then come back",
      reply_to: "timmy/v1/timmy/reply/q1",
      rooms: [{ id: "kitchen", name: "kitchen", aliases: [] }],
    };
    await client.publishAsync("timmy/v1/companion/cmd/decide", JSON.stringify(question), {
      qos: 1,
    });
    await until('"ok":true');
    expect(heard.at(-1)).toContain('{"skill":"say","text":"hello"}');
    const stopped = supervisor.stop();
    await until("status offline");
    await stopped;
  }, 30_000);

  it("say in a sentence that a port is taken, and end with 1", async () => {
    const { broker, ui } = await startBoth();
    for (const [main, port] of [
      ["broker-main.ts", broker],
      ["main.ts", new URL(ui).port],
    ]) {
      const { code, errors } = await runToEnd([source(String(main)), "--port", String(port)]);
      expect(code).toBe(1);
      expect(errors).toContain("The port is in use by another program.");
      expect(errors).toContain("choose another port");
    }
  }, 30_000);

  it.each([
    ["broker-main.ts", "--port", "99999"],
    ["broker-main.ts", "--host", "0.0.0.0"],
    ["main.ts", "--node", "Bad Name"],
    ["main.ts", "--broker", "http://x"],
    ["main.ts", "--what"],
  ])(
    "refuse %s %s %s with a sentence and end with 2",
    async (main, ...args) => {
      const { code, errors } = await runToEnd([source(main), ...args]);
      expect(code).toBe(2);
      expect(errors.split("\n")).toHaveLength(1);
    },
    30_000,
  );
});
