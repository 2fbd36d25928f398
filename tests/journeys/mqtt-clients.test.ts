import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { infoPayload, mapPayload, statePayloads } from "@timmy/shared/mqtt/payloads";
import { robotStateGroups, topicsOf } from "@timmy/shared/mqtt/topics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

const run = promisify(execFile);
const topics = topicsOf("timmy");
const present = existsSync("/usr/bin/mosquitto_sub");
if (!present && process.env["TIMMY_REQUIRE"] === "all") throw new Error("mosquitto_sub is missing");

let timmy: RunningTimmy;

type Version = "311" | "5";

const patience = ["-W", "15"];
/** What mosquitto_sub prints for the first message: topic, retained flag, payload. */
async function first(version: Version, filter: string) {
  const { stdout } = await run("mosquitto_sub", [
    ...["-p", String(timmy.mqttPort), "-V", version, "-t", filter, "-C", "1", ...patience],
    ...["-F", "%t\t%r\t%p"],
  ]);
  const [topic = "", retained = "", payload = ""] = stdout.trim().split("\t");
  return { topic, retained: retained === "1", payload };
}

/** Subscribed once it resolves, as a retained message shows that comes with it; then the first payload. */
async function listen(version: Version, filter: string) {
  const client = spawn("mosquitto_sub", [
    ...["-p", String(timmy.mqttPort), "-V", version, "-t", filter, "-t", topics.status],
    ...[...patience, "-F", "%t\t%p"],
  ]);
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  async function nextOf(wanted: string): Promise<string> {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const [topic, payload = ""] = line.value.split("\t");
      if (topic === wanted) return payload;
    }
    throw new Error(`nothing came to ${wanted}`);
  }
  await nextOf(topics.status);
  return { payload: () => nextOf(filter).finally(() => client.kill()) };
}

function publish(version: Version, topic: string, payload: object, ...more: string[]): void {
  const args = ["-p", String(timmy.mqttPort), "-V", version, "-q", "1", "-t", topic];
  execFileSync("mosquitto_pub", [...args, "-m", JSON.stringify(payload), ...more]);
}

let ids = 0;
const command = (fields: object) => ({
  v: 1,
  seq: 0,
  ts: Date.now(),
  id: `journey-${ids++}`,
  epoch: 1,
  deadline_ms: Date.now() + 60_000,
  who: "journey",
  ...fields,
});

describe.runIf(present)("an MQTT client that knows nothing of Timmy", () => {
  beforeAll(async () => {
    timmy = await startTimmy(["--headless"]);
  });
  afterAll(endAll);

  it.each(["311", "5"] as const)(
    "reads status, info, map and state (version %s)",
    async (version) => {
      const status = await first(version, topics.status);
      expect(status).toEqual({ topic: topics.status, retained: true, payload: "online" });
      const info = await first(version, topics.info);
      expect(infoPayload.parse(JSON.parse(info.payload))).toMatchObject({
        kind: "robot",
        tier: "simulated",
        rooms: expect.arrayContaining(["kitchen"]),
      });
      const map = await first(version, topics.map);
      expect(mapPayload.safeParse(JSON.parse(map.payload)).success).toBe(true);
      for (const group of robotStateGroups) {
        const state = await first(version, topics.state(group));
        expect(state.retained, group).toBe(true);
        expect(Buffer.byteLength(state.payload)).toBeLessThan(4096);
        const parsed = statePayloads[group].safeParse(JSON.parse(state.payload));
        expect(parsed.success, group).toBe(true);
      }
    },
  );
  it("is answered on the reply topic, and on the response topic of MQTT 5", async () => {
    const refused = command({ place: "moon" });
    const reply = await listen("311", topics.reply(refused.id));
    publish("311", topics.command("goto"), refused);
    expect(JSON.parse(await reply.payload())).toMatchObject({ ok: false, code: "unknown-room" });
    const again = command({ place: "moon" });
    const response = await listen("5", "my/own/answers");
    publish(
      "5",
      topics.command("goto"),
      again,
      "-D",
      "publish",
      "response-topic",
      "my/own/answers",
    );
    expect(JSON.parse(await response.payload())).toMatchObject({ id: again.id });
  });
  it("cannot make it command itself by a response topic", async () => {
    const aimed = command({ place: "moon" });
    const reply = await listen("5", topics.reply(aimed.id));
    const topic = topics.command("estop");
    publish("5", topics.command("goto"), aimed, "-D", "publish", "response-topic", topic);
    await reply.payload();
    const settled = command({ place: "moon" });
    const later = await listen("5", topics.reply(settled.id));
    publish("5", topics.command("goto"), settled);
    await later.payload();
    expect(await timmy.state("drive")).toMatchObject({ mode: "disarmed" });
  });
  it("cannot move it with a retained command, not even over a restart of the robot", async () => {
    const before = timmy.truth();
    publish("311", topics.command("goto"), command({ place: "kitchen" }), "-r");
    publish("5", topics.command("goto"), command({ place: "kitchen" }), "-r");
    await timmy.truthWhen((t) => t.timeMs > before.timeMs + 2000, 10_000);
    expect(await timmy.state("drive")).toMatchObject({ mode: "disarmed" });
    process.kill(timmy.pidOf("robot"), "SIGKILL");
    await timmy.saysWithin("The robot process is back.", 10_000);
    await timmy.online();
    const now = timmy.truth();
    const later = await timmy.truthWhen((t) => t.timeMs > now.timeMs + 3000, 10_000);
    expect(Math.hypot(later.xM - now.xM, later.yM - now.yM)).toBeLessThan(0.01);
    expect(Math.hypot(later.xM - before.xM, later.yM - before.yM)).toBeLessThan(0.01);
    expect(await timmy.state("safety")).toMatchObject({ bad_commands: 1 });
    execFileSync("mosquitto_pub", [
      "-p",
      String(timmy.mqttPort),
      "-t",
      topics.command("goto"),
      "-r",
      "-n",
    ]);
  });
  it.each([
    ["311", 2],
    ["5", 3],
  ] as const)("reads lost after the robot was killed (version %s)", async (version, times) => {
    const seen: string[] = [];
    const args = ["-p", String(timmy.mqttPort), "-V", version, "-t", topics.status];
    const client = spawn("mosquitto_sub", args);
    const lines = createInterface({ input: client.stdout });
    for await (const status of lines) {
      if (seen.length === 0) process.kill(timmy.pidOf("robot"), "SIGKILL");
      seen.push(status);
      if (status === "lost") break;
    }
    client.kill();
    expect(seen[0]).toBe("online");
    expect(seen.at(-1)).toBe("lost");
    await timmy.saysWithin("The robot process is back.", 10_000, times);
    await timmy.online();
  });
});
