import { describe, expect, it } from "vitest";
import { isLoopback } from "./broker-host.ts";
import {
  type BrokerUser,
  mosquittoAcl,
  mosquittoConfig,
  mosquittoPasswords,
} from "./mosquitto-config.ts";

const users: readonly BrokerUser[] = [
  { name: "robot", password: "a", role: "robot", node: "timmy" },
  { name: "companion", password: "b", role: "companion", node: "companion" },
  { name: "panel", password: "c", role: "observer", node: "panel" },
];

describe("Mosquitto's configuration", () => {
  it("denies the anonymous and limits sizes and numbers", () => {
    const text = mosquittoConfig({ host: "127.0.0.1", port: 1883 }, { acl: "/a", passwords: "/p" });
    expect(text).toContain(
      "listener 1883 127.0.0.1\nallow_anonymous false\npassword_file /p\nacl_file /a\n",
    );
    expect(text).toMatch(/max_packet_size \d+\nmax_connections \d+\n/);
  });

  it("lets a robot hear only its own commands and command nobody but a mind", () => {
    const robot = mosquittoAcl(users).split("\n\n")[0] ?? "";
    expect(robot).toContain("user robot\n");
    expect(robot).toContain("topic read timmy/v1/timmy/cmd/+");
    const writes = robot
      .split("\n")
      .filter((line) => line.startsWith("topic write") && line.includes("/cmd/"));
    expect(writes).toEqual(["topic write timmy/v1/+/cmd/decide"]);
  });

  it("lets an observer write nothing", () => {
    expect(mosquittoAcl(users).split("\n\n")[2]).toBe("user panel\ntopic read timmy/v1/#\n");
  });

  it("hides passwords behind a salt of their own", () => {
    let salts = 0;
    const text = mosquittoPasswords(users, () => new Uint8Array(12).fill(salts++));
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatch(/^[a-z]+:\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/);
    expect(new Set(lines.map((line) => line.split("$")[4])).size).toBe(3);
  });
});

describe("loopback", () => {
  it.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])("knows %s", (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(["0.0.0.0", "::", "192.168.1.2", "127.0.0.1.evil.example", ""])("refuses %j", (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
