import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findLack } from "../zero-cloud/lack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const lack = findLack();
const skip = lack !== null && process.env["TIMMY_REQUIRE"] !== "all";

function zeroCloud(...args: string[]) {
  const words = ["run", "--silent", "zero-cloud", "--", ...args];
  const { status, stdout } = spawnSync("npm", words, { cwd: root, encoding: "utf8" });
  return { code: status, said: stdout };
}

describe.skipIf(skip)(`zero cloud${lack === null ? "" : ` [missing here: ${lack}]`}`, () => {
  it("sees each kind of packet that is planted, and names its sender", () => {
    const { code, said } = zeroCloud("--plant");
    expect(said).toContain("tcp from 192.0.2.2 to 198.51.100.7 port 443: Flags [S]");
    expect(said).toContain("udp from 192.0.2.2 to 192.0.2.53 port 53: A? planted.example.");
    expect(said).toContain("tcp from 2001:db8::2 to 2001:db8:7::7 port 443: Flags [S]");
    expect(said).toMatch(/sent by \S*node \S*plant-main\.ts \(\d+\)/);
    expect(said).not.toContain("planted but not seen");
    expect(code).toBe(1);
  });
  it("drives to the kitchen where nothing is but the loopback, and nothing leaves", () => {
    const { code, said } = zeroCloud("tests/zero-cloud/packet.test.ts");
    const drives = said.split("\n").filter((line) => line.startsWith('{"'));
    expect(drives).toHaveLength(2);
    for (const line of drives) {
      expect(JSON.parse(line)).toMatchObject({ status: "done", room: "kitchen" });
    }
    expect(said).toContain("0 packets left; the capture heard its own two and lost 0");
    expect(said).toContain("no route was found 0 times over IPv4, 0 times over IPv6");
    expect(code).toBe(0);
  });
});
