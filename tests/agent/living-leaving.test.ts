import { existsSync } from "node:fs";
import { importState } from "@timmy/memory/state/import-state";
import { moveToFile } from "@timmy/memory/state/move-to-file";
import { openStateFile, sourceOfBytes } from "@timmy/memory/state/state-file";
import { internalsOf } from "@timmy/memory/store-internals";
import { setRecord } from "@timmy/memory/store-sections";
import { exportBytes, openTestStore } from "@timmy/memory/testing/state-agent";
import type { LifeStatus } from "@timmy/shared/agent/agent-store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyDisk, type RaceBody } from "../trials/race-body.ts";
import { type Bodies, openBodies } from "./living-bodies.ts";

let bodies: Bodies;
let desk: RaceBody;
let attic: RaceBody;
beforeEach(async () => {
  bodies = openBodies();
  desk = bodies.start("desk");
  attic = bodies.start("attic", { vacant: true });
  desk.store.remember("tea", "in the kitchen", "owner");
  await bodies.run(4000);
});
afterEach(() => bodies.stop());

/** The disk takes no such record any more, until it is told otherwise or the process ends. */
function refuseToWrite({ store }: RaceBody, ...statuses: readonly LifeStatus[]) {
  const { db } = internalsOf(store).context;
  const list = statuses.map((status) => `'${status}'`).join();
  db.exec(`
    CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.agent WHEN NEW.status IN (${list})
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;
  `);
  return () => db.exec("DROP TRIGGER refuse");
}

describe("a move into a file that broke off when the file stood", () => {
  const secret = { kind: "passphrase", passphrase: "a passphrase" } as const;
  const ports = { clock: { wallMs: () => 1 }, randomBytes: (n: number) => new Uint8Array(n) };
  const path = () => bodies.pathOf("moved.timmy.age");
  const moveIntoFile = () =>
    moveToFile(desk.store, path(), { to: "attic", exporter: "test", secret, workFactor: 4 }, ports);
  beforeEach(async () => {
    refuseToWrite(desk, "departed");
    await expect(moveIntoFile()).rejects.toThrow();
    expect(existsSync(path())).toBe(true);
    desk.kill();
    desk = bodies.start("desk");
    await bodies.run(6000);
  });

  it("is not taken back by the next start, which says what to do: the file may live", async () => {
    expect(desk.store.agent()).toMatchObject({ status: "leaving", departedTo: "attic" });
    const refused = await bodies.settle(desk.act());
    expect(refused).toMatchObject({ outcome: "refused", reason: "agent-moving" });
    expect(desk.life.refusal()?.sentence).toContain("timmy state stay");
    const wish = { as: "same", replace: true, node: "attic" } as const;
    const taken = await importState(openStateFile(path(), secret), attic.store, wish, ports);
    expect(taken).toMatchObject({ ok: true, agent: { epoch: 2 } });
    await bodies.run(6000);
    expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
    expect(desk.store.agent()).toMatchObject({ status: "departed", departedTo: "attic" });
  });
  it("begins no epoch from a backup either, before its owner takes it back there", async () => {
    const { path: copy } = copyDisk(desk, bodies.pathOf("backup.sqlite"));
    desk.kill();
    const stray = bodies.start("stray", { path: copy });
    await bodies.run(8000);
    expect(stray.store.agent()).toMatchObject({ status: "leaving", epoch: 1 });
    await bodies.settle(attic.life.call("stray", "agent.stay", {}));
    await bodies.run(8000);
    expect(stray.store.agent()).toMatchObject({ status: "living", epoch: 2 });
    expect(await bodies.settle(stray.act())).toMatchObject({ outcome: "done" });
  });
  it("is ended by the same move again", async () => {
    await moveIntoFile();
    expect(desk.store.agent()).toMatchObject({ status: "departed", departedTo: "attic" });
  });
  it("is taken back by its owner", async () => {
    const stayed = await bodies.settle(attic.life.call("desk", "agent.stay", {}));
    expect(stayed).toMatchObject({ ok: true, value: { life: "living" } });
    await bodies.run(4000);
    expect(await bodies.settle(desk.act())).toMatchObject({ outcome: "done" });
    desk.kill();
    desk = bodies.start("desk");
    await bodies.run(6000);
    expect(await bodies.settle(desk.act())).toMatchObject({ outcome: "done" });
  });
});

it("a move into a file that is taken back while it is written leaves no file", async () => {
  const path = bodies.pathOf("moved.timmy.age");
  const secret = { kind: "passphrase", passphrase: "a passphrase" } as const;
  const options = { to: "attic", exporter: "test", secret, workFactor: 4 };
  const moving = moveToFile(desk.store, path, options, { clock: { wallMs: () => 1 } });
  const stayed = desk.life.call("desk", "agent.stay", {});
  await expect(moving).rejects.toMatchObject({ code: "move-broken" });
  expect(await bodies.settle(stayed)).toMatchObject({ ok: true });
  expect(existsSync(path)).toBe(false);
  expect(desk.store.agent().status).toBe("living");
});

it("a backup that starts while the agent is leaving takes nothing over", async () => {
  for (let i = 0; i < 800; i++) desk.store.remember(`k${i}`, "x".repeat(2000), "owner");
  const { path } = copyDisk(desk, bodies.pathOf("backup.sqlite"));
  desk.store.remember("new", "learnt after the backup", "owner");
  const moving = desk.life.call("desk", "agent.move", { to: "attic" });
  await bodies.run(300);
  expect(desk.store.agent().status).toBe("leaving");
  const stray = bodies.start("stray", { path });
  await bodies.run(4500);
  expect(desk.store.agent().status).toBe("leaving");
  expect(await bodies.settle(moving)).toMatchObject({ ok: true });
  await bodies.run(6000);
  expect(stray.store.agent().status).toBe("departed");
  expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
  expect(attic.store.recall("new")).not.toBeNull();
});

it("a body that was cut off while it was leaving departs when it is sure of its epoch again", async () => {
  const moving = desk.life.call("desk", "agent.move", { to: "attic" });
  while (attic.store.agent().status !== "arriving") await bodies.run(10);
  desk.client.setNetwork("black-hole");
  await bodies.run(20_000);
  desk.client.setNetwork("open");
  await bodies.run(2500);
  expect(desk.store.agent().status).toBe("leaving");
  expect(await bodies.settle(moving)).toMatchObject({ ok: true });
  await bodies.run(6000);
  expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
});

describe("a body that hands its agent over", () => {
  const move = (from: RaceBody, to: string) =>
    bodies.settle(from.life.call(from.node, "agent.move", { to }));
  let cellar: RaceBody;
  beforeEach(async () => {
    cellar = bodies.start("cellar");
    const moving = desk.life.call("desk", "agent.move", { to: "attic" });
    while (desk.store.agent().status !== "departed") await bodies.run(10);
    attic.kill();
    expect(await bodies.settle(moving)).toMatchObject({ code: "move-unsettled" });
  });
  it("takes no other agent before the next epoch has spoken for itself", async () => {
    const refused = await move(cellar, "desk");
    expect(refused).toMatchObject({ ok: false, code: "agent-moving" });
    expect(!refused.ok && refused.sentence).toContain("attic");
    bodies.broker.restart();
    attic = bodies.start("attic");
    await bodies.run(8000);
    expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
    expect(await move(cellar, "desk")).toMatchObject({ ok: true });
  });
  it("learns from a body that lived and went on that it was answered, though nobody lives there", async () => {
    desk.kill();
    attic = bodies.start("attic");
    // The desk's word is all that the attic can live by: it comes once more, and nobody hears the answer.
    desk = bodies.start("desk");
    while (attic.store.agent().status !== "living") await bodies.run(10);
    desk.kill();
    await bodies.run(8000);
    expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
    setRecord(attic.store, { status: "departed", departedTo: "a file" });
    await bodies.run(1000);
    bodies.broker.restart();
    desk = bodies.start("desk");
    await bodies.run(4000);
    expect(await move(cellar, "desk")).toMatchObject({ ok: true });
  });
  it("is replaced by no file either before that", async () => {
    const file = await exportBytes(cellar.store);
    const wish = { as: "fork", replace: true, node: "desk" } as const;
    const ports = { clock: { wallMs: () => 1 }, randomBytes: (n: number) => new Uint8Array(n) };
    const refused = await importState(sourceOfBytes(file), desk.store, wish, ports);
    expect(refused).toMatchObject({ ok: false, code: "agent-moving" });
    expect(desk.store.agent().status).toBe("departed");
  });
  it("knows after a restart that it was answered, though nobody says so again", async () => {
    attic = bodies.start("attic");
    await bodies.run(8000);
    for (const body of [attic, desk]) body.kill();
    bodies.broker.restart();
    desk = bodies.start("desk");
    await bodies.run(4000);
    expect(await move(cellar, "desk")).toMatchObject({ ok: true });
  });
});

describe("a move whose departure cannot be written", () => {
  const move = () => bodies.settle(desk.life.call("desk", "agent.move", { to: "attic" }));

  it("is over when it lives on, on disk, and leaves no copy", async () => {
    refuseToWrite(desk, "departed");
    expect(await move()).toMatchObject({ ok: false });
    expect([desk, attic].map(({ store }) => store.agent().status)).toEqual(["living", "vacant"]);
  });
  it("leaves the other body its copy while nobody knows what is on disk", async () => {
    const write = refuseToWrite(desk, "departed", "living");
    const broken = await move();
    expect(!broken.ok && broken.sentence).toContain("once its store can be written");
    await bodies.run(3000);
    expect(attic.store.agent().status).toBe("arriving");
    write();
    await bodies.run(3000);
    expect(await bodies.settle(desk.act())).toMatchObject({ outcome: "done" });
    expect(attic.store.agent().status).toBe("arriving");
    const dropped = desk.life.call("desk", "agent.stay", { drop: ["attic"] });
    expect(await bodies.settle(dropped)).toMatchObject({ ok: true });
    expect(attic.store.agent().status).toBe("vacant");
  });
});

it("a backup of a body that was left begins after the epoch that it handed over", async () => {
  const path = bodies.pathOf("backup.sqlite");
  const { store } = openTestStore(5, path);
  const line = { atMs: 1, what: "moved", node: "attic", epoch: 2, note: "" } as const;
  setRecord(store, { status: "living" }, line);
  store.stop();
  const cellar = bodies.start("cellar", { path });
  await bodies.run(8000);
  expect(cellar.store.agent()).toMatchObject({ status: "living", epoch: 3 });
});
