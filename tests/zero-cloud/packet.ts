/** A packet that left an interface other than the loopback, in tcpdump's words. */
export interface Packet {
  /** Seconds since 1970, by the kernel's clock. */
  readonly timeS: number;
  readonly protocol: "tcp" | "udp" | "other";
  readonly from: string;
  readonly fromPort: number | null;
  /** An address; the whole line where tcpdump named none. */
  readonly to: string;
  readonly toPort: number | null;
  /** What tcpdump reads in it: flags, a question to a name server. */
  readonly says: string;
}

const linePattern = /^(\d+\.\d+) (?:\S+\s+Out )?(?:(IP6?) (\S+) > (\S+): )?(.*)$/;

/** One line of `tcpdump -i any -n -tt`; null for what is no packet. An unknown kind is a packet too. */
export function readPacket(line: string): Packet | null {
  const match = linePattern.exec(line);
  if (match === null) return null;
  const [, time = "", version = "", source = "", target = "", says = ""] = match;
  const from = splitPort(version, source);
  const to = splitPort(version, target);
  return {
    timeS: Number(time),
    protocol: to.port === null ? "other" : says.startsWith("Flags [") ? "tcp" : "udp",
    from: from.address,
    fromPort: from.port,
    to: to.address === "" ? says : to.address,
    toPort: to.port,
    says,
  };
}

/** tcpdump writes the port behind one more dot: four dots in IPv4, the only one in IPv6. */
function splitPort(version: string, text: string): { address: string; port: number | null } {
  const parts = text.split(".");
  if (parts.length < (version === "IP" ? 5 : 2)) return { address: text, port: null };
  return { address: parts.slice(0, -1).join("."), port: Number(parts.at(-1)) };
}

/** The packet's socket: repeated packets of it have one sender. */
export function socketOf({ protocol, from, fromPort, to, toPort }: Packet): string {
  return [protocol, from, fromPort, to, toPort].join(" ");
}
