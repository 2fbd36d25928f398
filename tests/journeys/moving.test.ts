import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectMqttBus } from "@timmy/companion/mqtt-bus";
import { openAgentStore } from "@timmy/memory/agent-store";
import { exportSeed } from "@timmy/memory/store-sections";
import type { Bus } from "@timmy/shared/ports/bus";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { afterEach, describe, expect, it } from "vitest";
import { endSecondRobots, startSecondRobot } from "./second-robot.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folders: string[] = [];
const buses: Bus[] = [];
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.stop();
  await endSecondRobots();
  await endAll();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "timmy-body-"));
  folders.push(folder);
  return folder;
}

/** `timmy state ...` as a person types it, in the house's folder. */
function state(timmy: RunningTimmy, ...args: string[]) {
  const broker = `mqtt://127.0.0.1:${timmy.mqttPort}`;
  const common = ["--data", timmy.folder, "--broker", broker, "--json"];
  const done = spawnSync(process.execPath, ["timmy.ts", "state", ...args, ...common], {
    cwd: root,
    encoding: "utf8",
  });
  return { code: done.status, stderr: done.stderr, json: JSON.parse(done.stdout || "{}") };
}
const hear = async (timmy: RunningTimmy, text: string) =>
  (await timmy.post("/api/agent/hear", { text })).body;

/** Everything that the broker passes on, as one text. */
async function listen(timmy: RunningTimmy): Promise<() => string> {
  const url = `mqtt://127.0.0.1:${timmy.mqttPort}`;
  const bus = connectMqttBus({ url, clientId: "listener", logger: createMemoryLogger() });
  buses.push(bus);
  let heard = "";
  const first = Promise.withResolvers<void>();
  bus.subscribe("timmy/v1/#", ({ payload }) => {
    heard += Buffer.from(payload).toString("latin1");
    first.resolve();
  });
  await first.promise;
  return () => heard;
}
/** The key and the signature of whoever's store lies in a folder; it is read beside the process. */
function keyOf(folder: string) {
  const ports = {
    clock: { wallMs: () => 0 },
    makeId: () => "x",
    randomBytes: () => new Uint8Array(),
  };
  const store = openAgentStore(join(folder, "memory.sqlite"), ports, { mode: "read" });
  try {
    return { seed: Buffer.from(exportSeed(store)).toString("hex"), agent: store.agent() };
  } finally {
    store.stop();
  }
}

describe("an agent that moves between real bodies", () => {
  it("is taught in the simulator, lives on a desktop, then in a robot, and answers the same", async () => {
    const timmy = await startTimmy(["--headless"]);
    const attic = newFolder();
    const ownerKey = join(timmy.folder, "owner.key");
    await startSecondRobot({
      ...{ node: "attic", mqttPort: timmy.mqttPort, folder: attic, ownerKey, vacant: true },
    });
    const wire = await listen(timmy);
    const secret = "zanzibar under the blue stairs";
    await hear(timmy, `remember that my key is ${secret}`);
    const told = await hear(timmy, "where is my key?");
    expect(told).toMatchObject({ ok: true, sentence: expect.stringContaining(secret) });
    const before = keyOf(timmy.folder);
    // What goes in clear is heard here; what the owner says and is told does not.
    await timmy.post("/api/robot/say", { text: "said in clear" });
    expect(wire()).toContain("said in clear");
    const listened = wire().length;

    const moved = state(timmy, "move", "--to", "companion");
    expect(moved).toMatchObject({ code: 0, json: { ok: true, to: "companion", epoch: 2 } });
    expect(await hear(timmy, "where is my key?")).toMatchObject({ sentence: told["sentence"] });
    const again = state(timmy, "move", "--to", "attic");
    expect(again).toMatchObject({ code: 0, json: { ok: true, to: "attic", epoch: 3 } });
    const sealed = wire()
      .slice(listened)
      .replaceAll(told["sentence"] as string, "");
    expect(sealed).not.toContain("zanzibar");
    expect(sealed).not.toContain(before.seed);
    expect(sealed).not.toContain(Buffer.from(before.seed, "hex").toString("base64").slice(0, 40));
    expect(await hear(timmy, "where is my key?")).toMatchObject({ sentence: told["sentence"] });
    expect(await hear(timmy, "go to the study")).toMatchObject({ ok: true });

    const after = keyOf(attic);
    expect(after.seed).toBe(before.seed);
    expect(after.agent).toMatchObject({ id: before.agent.id, epoch: 3, status: "living" });
    const refused = await timmy.post("/api/robot/hear", { text: "go to the kitchen" });
    expect(refused.body).toMatchObject({ code: "agent-departed" });
    expect(refused.body["sentence"]).toContain("companion");
    expect(Math.abs(timmy.truth().speedMps)).toBeLessThan(0.01);
    const found = state(timmy, "where");
    expect(found.json.living).toBe("attic");
    const lives = found.json.bodies.map((b: { node: string; life: string }) => [b.node, b.life]);
    expect(lives).toEqual([
      ["attic", "living"],
      ["companion", "departed"],
      ["timmy", "departed"],
    ]);
  });

  it("tells a restored disk where it lives, and that one stays still", async () => {
    const timmy = await startTimmy(["--headless"]);
    await hear(timmy, "remember that my tea is in the kitchen");
    const disk = newFolder();
    cpSync(timmy.folder, disk, { recursive: true });
    expect(state(timmy, "move", "--to", "companion").code).toBe(0);
    const ownerKey = join(timmy.folder, "owner.key");
    const { mqttPort } = timmy;
    await startSecondRobot({ node: "cellar", mqttPort, folder: disk, ownerKey });
    await expect
      .poll(() => keyOf(disk).agent.status, { timeout: 15_000, interval: 200 })
      .toBe("departed");
    expect(keyOf(disk).agent.departedTo).toBe("companion");
    expect(state(timmy, "where").json.living).toBe("companion");
    const asked = state(timmy, "move", "--to", "timmy", "--from", "cellar");
    expect(asked).toMatchObject({ code: 1, json: { code: "agent-departed" } });
    expect(await hear(timmy, "where is my tea?")).toMatchObject({ ok: true });
  });

  it("does not move for whoever has not the owner's key, nor into a body of somebody else's", async () => {
    const timmy = await startTimmy(["--headless"]);
    const stranger = newFolder();
    const ownerKey = join(stranger, "owner.key");
    const { mqttPort } = timmy;
    await startSecondRobot({ node: "thief", mqttPort, folder: stranger, ownerKey, vacant: true });
    const refused = state(timmy, "move", "--to", "thief");
    expect(refused).toMatchObject({ code: 1, json: { code: "owner-unproven" } });
    const asked = state({ ...timmy, folder: stranger }, "move", "--to", "thief", "--from", "timmy");
    expect(asked).toMatchObject({ code: 1, json: { code: "owner-unproven" } });
    expect(state(timmy, "where").json.living).toBe("timmy");
    const nobody = state(timmy, "move", "--to", "nobody");
    expect(nobody).toMatchObject({ code: 1, json: { code: "robot-away" } });
    expect(nobody.json.sentence).toContain("thief");
    expect(state(timmy, "stay").json).toMatchObject({ ok: true, undone: false });
    expect(await hear(timmy, "say hello")).toMatchObject({ ok: true });
  });
});
