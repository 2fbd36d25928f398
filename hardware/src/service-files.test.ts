import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../systemd");
const rules = readFileSync(join(import.meta.dirname, "../udev/60-timmy.rules"), "utf8");
const required = process.env["TIMMY_REQUIRE"] === "all";

type Unit = ReadonlyMap<string, readonly string[]>;

/** "Section.Key" and its values; a line that is none throws. */
function readUnit(name: string): Unit {
  const unit = new Map<string, string[]>();
  let section = "";
  for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const header = /^\[(\w+)\]$/.exec(line);
    if (header !== null) {
      section = header[1] ?? "";
      continue;
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (section === "" || key === undefined) throw new SyntaxError(`${name}: ${line}`);
    const values = unit.get(`${section}.${key}`) ?? [];
    unit.set(`${section}.${key}`, [...values, value ?? ""]);
  }
  return unit;
}
const one = (unit: Unit, key: string) => unit.get(key)?.join(" ") ?? "";

describe("timmy-rtd.service", () => {
  const unit = readUnit("timmy-rtd.service");
  it("may be on time: FIFO, locked memory, a processor of its own", () => {
    // rtd asks for 80 for its loop and one more for its guard.
    expect(Number(one(unit, "Service.LimitRTPRIO"))).toBeGreaterThanOrEqual(81);
    expect(one(unit, "Service.LimitMEMLOCK")).toBe("infinity");
    expect(one(unit, "Service.ExecStart")).toContain(`--cpu ${one(unit, "Service.CPUAffinity")}`);
    expect(unit.has("Service.RestrictRealtime")).toBe(false);
  });
  it("is watched: it must say that it lives, comes back, and leaves safe pins", () => {
    expect(one(unit, "Service.Type")).toBe("notify");
    expect(Number(one(unit, "Service.WatchdogSec"))).toBeLessThanOrEqual(1);
    expect(one(unit, "Service.Restart")).toBe("always");
    expect(one(unit, "Service.ExecStopPost")).toMatch(/rtd --config \S+ --safe$/);
  });
  it("gives up what it does not need", () => {
    expect(one(unit, "Service.CapabilityBoundingSet")).toBe("");
    expect(one(unit, "Service.NoNewPrivileges")).toBe("yes");
    expect(one(unit, "Service.ProtectSystem")).toBe("strict");
    expect(one(unit, "Service.DeviceAllow")).toBe("char-gpiochip rw");
    expect(one(unit, "Service.RestrictAddressFamilies")).toBe("AF_UNIX");
  });
});

describe("timmy-robot.service", () => {
  const unit = readUnit("timmy-robot.service");
  it("stays off the core's processor and has no real-time rights", () => {
    const core = one(readUnit("timmy-rtd.service"), "Service.CPUAffinity");
    expect(one(unit, "Service.CPUAffinity").split(" ")).not.toContain(core);
    expect(one(unit, "Service.RestrictRealtime")).toBe("yes");
  });
  it("comes back, and does not fall with the core", () => {
    expect(one(unit, "Service.Restart")).toBe("always");
    expect(unit.has("Unit.Requires")).toBe(false);
    expect(unit.has("Unit.BindsTo")).toBe(false);
  });
  it("lets V8 compile", () => {
    expect(unit.has("Service.MemoryDenyWriteExecute")).toBe(false);
  });
  it("connects where rtd listens", () => {
    const listens = /--listen (\S+)/.exec(one(readUnit("timmy-rtd.service"), "Service.ExecStart"));
    expect(one(unit, "Service.ExecStart")).toContain(`--core ${listens?.[1]} `);
  });
});

describe("60-timmy.rules", () => {
  it("has only well-formed rules, and names the motor board", () => {
    const lines = rules.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const part = /^[A-Z]+(\{[\w.]+\})?(==|\+=|=)"[^"]*"$/;
    for (const line of lines) {
      for (const word of line.split(/,\s*/)) expect(word).toMatch(part);
    }
    expect(rules).toContain('SYMLINK+="timmy-core"');
    expect(rules).toContain('ATTRS{idVendor}=="2e8a"');
  });
});

const systemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
const lacks = systemd ? "" : " [missing here: systemd-analyze]";

describe("the units", () => {
  it.skipIf(!systemd && !required)(`are what systemd understands${lacks}`, () => {
    const scratch = mkdtempSync(join(tmpdir(), "timmy-units-"));
    try {
      for (const name of ["timmy-rtd.service", "timmy-robot.service"]) {
        // Programs and accounts of the robot are not on this machine.
        const text = readFileSync(join(folder, name), "utf8")
          .replaceAll(/=\/usr\/lib\/timmy\/\S+/g, "=/bin/true")
          .replaceAll(/^(User|Group|SupplementaryGroups)=.*$/gm, "");
        writeFileSync(join(scratch, name), text);
        const words = ["verify", "--man=no", join(scratch, name)];
        const { status, stderr } = spawnSync("systemd-analyze", words, { encoding: "utf8" });
        expect({ status, about: stderr.split("\n").filter((line) => line.includes(name)) }).toEqual(
          {
            status: 0,
            about: [],
          },
        );
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
