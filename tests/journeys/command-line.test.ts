import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "timmy-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the front door as a person would; `stdout` is split into lines. */
function timmy(...args: string[]) {
  const done = spawnSync(process.execPath, ["timmy.ts", ...args], { cwd: root, encoding: "utf8" });
  return { code: done.status, lines: done.stdout.trim().split("\n"), stderr: done.stderr };
}
/** Ports that nothing is started on: what is tested ends before. */
const freePorts = ["--port", "18499", "--mqtt-port", "18498"];
const once1 = (text: string, ...more: string[]) =>
  timmy("up", "--headless", "--once", text, "--json", ...more);

describe("the command line", () => {
  it("does one instruction, prints one line of JSON, and exits 0", () => {
    const { code, lines, stderr } = once1("go to the kitchen");
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      status: "done",
      room: "kitchen",
      contacts: 0,
      measured: { speed_mps: 0 },
      trace: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(stderr).toContain("go to the kitchen");
  });
  it("prints the same trace for the same seed in two processes", () => {
    const trace = (seed: string) =>
      JSON.parse(once1("go to the bedroom", "--seed", seed).lines[0] ?? "").trace;
    expect(trace("2")).toBe(trace("2"));
    expect(trace("2")).not.toBe(trace("3"));
  });
  it.each([
    ["where", 1, "broker-away"],
    ["stay --from attic", 1, "broker-away"],
    ["show", 1, "bad-file"],
    ["wave", 2, "usage"],
  ])("says in JSON too why it could not: state %s", (words, exit, failed) => {
    const data = mkdtempSync(join(folder, "none-"));
    writeFileSync(join(data, "owner.key"), Buffer.alloc(32, 7), { mode: 0o600 });
    const broker = ["--broker", "mqtt://127.0.0.1:18497", "--data", data];
    const { code, lines, stderr } = timmy("state", ...words.split(" "), ...broker, "--json");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ ok: false, code: failed });
    expect([code, stderr]).toEqual([exit, expect.not.stringContaining("    at ")]);
  });
  it("exits 1 with the rooms that exist when asked to go to the moon", () => {
    const { code, lines } = once1("go to the moon");
    expect(code).toBe(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      status: "refused",
      reason: "unknown-room",
      rooms: expect.arrayContaining(["kitchen", "living room"]),
    });
  });
  it("exits 1 for a room that is closed off, and nothing moved", () => {
    const { code, lines } = once1("go to the kitchen", "--close", "kitchen");
    expect(code).toBe(1);
    const result = JSON.parse(lines[0] ?? "");
    expect(result).toMatchObject({ status: "refused", reason: "no-path" });
  });
  it("takes a world of one's own from a file", () => {
    const world = JSON.parse(readFileSync(join(root, "sim/worlds/house_001.json"), "utf8"));
    world.plan.rooms[0].name = "grand hall";
    const file = join(folder, "mine.json");
    writeFileSync(file, JSON.stringify(world));
    expect(once1("go to the grand hall", "--world", file).code).toBe(0);
  });
  it.each([
    [["up", "--bogus"], 2, "--bogus"],
    [["up", "--seed", "x"], 2, "--seed"],
    [["fly"], 2, "fly"],
    [["up", "--once", "stop", "--world", "nowhere"], 1, "nowhere"],
  ])("%j exits with a sentence on stderr and nothing on stdout", (args, code, words) => {
    const done = timmy(...args);
    expect(done.code).toBe(code);
    expect(done.stderr).toContain(words);
    expect(done.stderr).not.toMatch(/\n\s+at /);
    expect(done.lines).toEqual([""]);
  });
  it("explains itself", () => {
    expect(timmy("--help").lines.join("\n")).toContain("timmy up");
    expect(timmy("up", "--help").lines.join("\n")).toContain("--once TEXT");
    expect(timmy("version").lines[0]).toMatch(/^\d+\.\d+\.\d+$/);
  });
  it("says when the folder for its memory cannot be used", () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const done = timmy("up", "--headless", "--data", file, ...freePorts);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(`The folder ${file} cannot be used`);
    expect(done.stderr).not.toMatch(/\n\s+at /);
    writeFileSync(join(folder, "timmy.pid"), String(process.pid));
    const used = timmy("up", "--headless", "--data", folder, ...freePorts);
    expect(used.stderr).toContain(`by process ${process.pid}`);
    expect(used.code).toBe(1);
    rmSync(join(folder, "timmy.pid"));
  });
  it("says which port is taken and how to choose another, before anything is started", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = String(typeof address === "object" ? address?.port : 0);
    const done = timmy("up", "--headless", "--mqtt-port", port, "--data", folder);
    server.close();
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(`Port ${port}; choose another with --mqtt-port.`);
  });
});
