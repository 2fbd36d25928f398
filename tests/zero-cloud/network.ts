import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `tap`: an interface with addresses and default routes, at whose other end nobody is; so programs
 * believe that they are online, and what they try is seen. `bare`: nothing but the loopback.
 */
export type NetworkKind = "tap" | "bare";

/** Addresses that no real network has (RFC 5737, RFC 3849). */
export const tapAddresses = { v4: "192.0.2.2", v6: "2001:db8::2" } as const;
/** Where names are asked and where our own probe goes: the same nobody. */
export const nameServer = "192.0.2.53";
export const probeTarget = { address: "192.0.2.9", port: 9 } as const;

const ip = (words: string) => execFileSync("ip", words.split(" "), { stdio: "pipe" });
const ipv6 = (name: string, option: string, value: number) =>
  writeFileSync(`/proc/sys/net/ipv6/conf/${name}/${option}`, `${value}`);

/** Lays the network of this process's own, still empty, network and mount namespaces. */
export function layNetwork(kind: NetworkKind, folder: string): void {
  ip("link set lo up");
  if (kind === "tap") layTap();
  askNamesOf(nameServer, folder);
}

/** A pair whose second end drops everything: packets carry the first end's own hardware address. */
function layTap(): void {
  ip("link add tap type veth peer name gone");
  // Without ARP the kernel says nothing by itself, about neighbours or about groups.
  ip("link set tap arp off");
  ipv6("gone", "disable_ipv6", 1);
  ipv6("tap", "disable_ipv6", 0);
  ipv6("tap", "accept_ra", 0);
  ipv6("tap", "router_solicitations", 0);
  ipv6("tap", "addr_gen_mode", 1);
  ip("link set gone up");
  ip("link set tap up");
  ip(`addr add ${tapAddresses.v4}/24 dev tap`);
  ip(`addr add ${tapAddresses.v6}/64 dev tap nodad`);
  ip("route add default dev tap");
  ip("-6 route add default dev tap");
}

/**
 * A name server on the loopback or behind a Unix socket would carry a question past the capture:
 * here all names are asked over the network, of an address that never answers.
 */
function askNamesOf(server: string, folder: string): void {
  const replace = (path: string, text: string) => {
    const file = join(folder, path.replaceAll("/", "-").slice(1));
    writeFileSync(file, text);
    execFileSync("mount", ["--bind", file, path], { stdio: "pipe" });
  };
  replace("/etc/resolv.conf", `nameserver ${server}\noptions timeout:1 attempts:1\n`);
  const services = readFileSync("/etc/nsswitch.conf", "utf8");
  replace("/etc/nsswitch.conf", services.replace(/^hosts:.*$/m, "hosts: files dns"));
  for (const folder of ["/run/nscd", "/run/systemd/resolve"]) {
    if (existsSync(folder)) execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder]);
  }
}

/** How often the kernel had no route for somebody since the namespace began. */
export function countUnrouted(): { readonly v4: number; readonly v6: number } {
  const [names = "", values = ""] = readFileSync("/proc/self/net/snmp", "utf8").split("\n");
  const v4 = values.split(" ")[names.split(" ").indexOf("OutNoRoutes")];
  const v6 = /^Ip6OutNoRoutes\s+(\d+)$/m.exec(readFileSync("/proc/self/net/snmp6", "utf8"))?.[1];
  return { v4: Number(v4), v6: Number(v6) };
}
