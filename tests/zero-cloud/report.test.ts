import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { readPacket } from "./packet.ts";
import { describeSightings, readTestRuns, type Sighting } from "./report.ts";

function seen(timeS: number, rest: string, sender = "node a.ts (7)"): Sighting {
  const packet = readPacket(`${timeS.toFixed(6)} tap Out ${rest}`);
  if (packet === null) throw new Error(rest);
  return { packet, sender };
}
const syn = (timeS: number, seq: number, sender?: string) =>
  seen(timeS, `IP 192.0.2.2.5000 > 198.51.100.7.443: Flags [S], seq ${seq}, length 0`, sender);

describe("the report of what left", () => {
  it("names the destination, the question and the sender", () => {
    const line = "IP 192.0.2.2.45382 > 192.0.2.53.53: 28260+ A? a.example. (33)";
    expect(describeSightings([seen(1, line)], [])).toEqual([
      "  udp from 192.0.2.2 to 192.0.2.53 port 53: A? a.example. (33), 1 packet",
      "    sent by node a.ts (7)",
    ]);
  });
  it("tells repeated packets once, and each sender apart", () => {
    const lines = describeSightings([syn(1, 11), syn(2, 12), syn(3, 13, "lnd (8)")], []);
    expect(lines).toEqual([
      "  tcp from 192.0.2.2 to 198.51.100.7 port 443: Flags [S], 2 packets",
      "    sent by node a.ts (7)",
      "  tcp from 192.0.2.2 to 198.51.100.7 port 443: Flags [S], 1 packet",
      "    sent by lnd (8)",
    ]);
  });
  it("names the files whose tests ran then, also when a hook had only begun", () => {
    const runs = [
      { file: "before.test.ts", startMs: 0, endMs: 90_000 },
      { file: "in-a-hook.test.ts", startMs: 110_000, endMs: 120_000 },
      { file: "running.test.ts", startMs: 95_000, endMs: 130_000 },
      { file: "much-later.test.ts", startMs: 100_000 + limits.hooksMs + 1, endMs: 900_000 },
    ];
    const [, , files] = describeSightings([syn(100, 1)], runs);
    expect(files).toBe("    while these ran: running.test.ts, in-a-hook.test.ts");
  });
  it("ends, however much left", () => {
    const many = Array.from({ length: limits.attemptsShown + 3 }, (_, k) => syn(k, k, `pid ${k}`));
    const lines = describeSightings(many, []);
    expect(lines).toHaveLength(2 * limits.attemptsShown + 1);
    expect(lines.at(-1)).toBe("  and 3 more");
  });
});

describe("the report of vitest", () => {
  it("is read as files with the times of their tests", () => {
    const json = JSON.stringify({
      success: true,
      testResults: [{ name: "/t/tests/a.test.ts", startTime: 5, endTime: 9.5, status: "passed" }],
    });
    expect(readTestRuns(json, "/t/")).toEqual([
      { file: "tests/a.test.ts", startMs: 5, endMs: 9.5 },
    ]);
  });
});
