import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { readPacket } from "./packet.ts";
import { pidOfSender, shortenCommand } from "./sender.ts";

const sockets = `
udp UNCONN   0 0 0.0.0.0:5353          0.0.0.0:*          users:(("node",pid=111,fd=22))
udp ESTAB    0 0 192.0.2.2:45382       192.0.2.53:53      users:(("chromium",pid=222,fd=19))
tcp SYN-SENT 0 1 192.0.2.2:5382        198.51.100.7:443   users:(("node",pid=333,fd=20))
tcp SYN-SENT 0 1 [2001:db8::2]:38080   [2001:db8:7::7]:443 users:(("lnd",pid=444,fd=21))
tcp TIME-WAIT 0 0 192.0.2.2:7000       198.51.100.7:443
`;
function senderOf(line: string): number | null {
  const packet = readPacket(`1.5 tap Out ${line}`);
  return packet === null ? null : pidOfSender(sockets, packet);
}

describe("the sender of a packet", () => {
  it("is the process that holds its socket", () => {
    expect(senderOf("IP 192.0.2.2.45382 > 192.0.2.53.53: 1+ A? a.example. (9)")).toBe(222);
    expect(senderOf("IP 192.0.2.2.5382 > 198.51.100.7.443: Flags [S]")).toBe(333);
    expect(senderOf("IP6 2001:db8::2.38080 > 2001:db8:7::7.443: Flags [S]")).toBe(444);
  });
  it("is found for a socket that is bound to every address", () => {
    expect(senderOf("IP 192.0.2.2.5353 > 224.0.0.251.5353: 0 PTR? _x. (9)")).toBe(111);
  });
  it("is nobody when the socket has gone, or there was none", () => {
    expect(senderOf("IP 192.0.2.2.7000 > 198.51.100.7.443: Flags [R]")).toBeNull();
    expect(senderOf("IP 192.0.2.2.9 > 198.51.100.7.443: Flags [S]")).toBeNull();
    expect(senderOf("IP 192.0.2.2 > 224.0.0.22: igmp v3 report")).toBeNull();
  });
  it("is told by its program and what it works on, from the project's folder on", () => {
    const words = ["/t/bin/node", "--require", "/t/a.cjs", "/t/timmy.ts", "up", "--json", ""];
    expect(shortenCommand(words, "/t/")).toBe("bin/node a.cjs timmy.ts up");
    expect(shortenCommand(["a".repeat(999)], "/t/")).toHaveLength(limits.commandChars);
  });
});
