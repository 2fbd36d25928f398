import { describe, expect, it } from "vitest";
import { readPacket, socketOf } from "./packet.ts";

const at = "1795933586.908817 tap   Out";
const read = (rest: string) => readPacket(`${at} ${rest}`);

describe("a line of tcpdump", () => {
  it("is a TCP packet with addresses and ports", () => {
    expect(read("IP 192.0.2.2.35406 > 198.51.100.7.443: Flags [S], seq 2, length 0")).toEqual({
      timeS: 1795933586.908817,
      protocol: "tcp",
      from: "192.0.2.2",
      fromPort: 35406,
      to: "198.51.100.7",
      toPort: 443,
      says: "Flags [S], seq 2, length 0",
    });
  });
  it("keeps the colons of an IPv6 address", () => {
    expect(read("IP6 2001:db8::2.38080 > 2001:db8:7::7.443: Flags [S], length 0")).toMatchObject({
      protocol: "tcp",
      from: "2001:db8::2",
      fromPort: 38080,
      to: "2001:db8:7::7",
      toPort: 443,
    });
  });
  it("is a datagram, and says what a name server is asked", () => {
    expect(read("IP 192.0.2.2.45382 > 192.0.2.53.53: 28260+ A? a.example. (33)")).toMatchObject({
      protocol: "udp",
      toPort: 53,
      says: "28260+ A? a.example. (33)",
    });
  });
  it.each([
    ["IP 192.0.2.2 > 224.0.0.22: igmp v3 report, 1 group record(s)", "224.0.0.22"],
    ["IP6 :: > ff02::16: HBH ICMP6, multicast listener report v2, length 28", "ff02::16"],
    ["IP 192.0.2.2 > 8.8.8.8: ICMP echo request, id 1, seq 1, length 64", "8.8.8.8"],
  ])("has no port when there is none: %s", (line, to) => {
    expect(read(line)).toMatchObject({ protocol: "other", fromPort: null, to, toPort: null });
  });
  it("is a packet, told whole, when tcpdump names no address", () => {
    const arp = "ARP, Request who-has 192.0.2.1 tell 192.0.2.2, length 28";
    expect(read(arp)).toMatchObject({ protocol: "other", from: "", to: arp, says: arp });
    expect(readPacket("1.5 something new")).toMatchObject({ to: "something new" });
  });
  it("is no packet when it is a remark", () => {
    expect(readPacket("tcpdump: listening on any")).toBeNull();
    expect(readPacket("")).toBeNull();
  });
  it("has the socket of its repetition, and another than its neighbour", () => {
    const socket = (port: number, flags: string) => {
      const packet = read(`IP 192.0.2.2.${port} > 198.51.100.7.443: Flags [${flags}], length 0`);
      return packet === null ? "" : socketOf(packet);
    };
    expect(socket(5000, "S")).toBe(socket(5000, "R"));
    expect(socket(5000, "S")).not.toBe(socket(5001, "S"));
  });
});
