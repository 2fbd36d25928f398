import type { Packet } from "./packet.ts";

/** Where planted leaks go: addresses that no real network has (RFC 5737, RFC 3849). */
export const plantTargets = {
  v4: "198.51.100.7",
  v6: "2001:db8:7::7",
  name: "planted.example",
  group: "224.0.0.251",
} as const;

/** What `plant-main.ts` sends, and how the capture must show it. */
export const plants: readonly { readonly title: string; isIn(packet: Packet): boolean }[] = [
  {
    title: "a TCP connection",
    isIn: ({ protocol, to, toPort, says }) =>
      protocol === "tcp" &&
      to === plantTargets.v4 &&
      toPort === 443 &&
      says.startsWith("Flags [S]"),
  },
  {
    title: "a question to a name server",
    isIn: ({ protocol, toPort, says }) =>
      protocol === "udp" && toPort === 53 && says.includes(`A? ${plantTargets.name}`),
  },
  {
    title: "a TCP connection over IPv6",
    isIn: ({ protocol, to, toPort }) =>
      protocol === "tcp" && to === plantTargets.v6 && toPort === 443,
  },
  {
    title: "a datagram over IPv6",
    isIn: ({ protocol, to, toPort }) =>
      protocol === "udp" && to === plantTargets.v6 && toPort === 4433,
  },
  {
    title: "a word to the neighbourhood by multicast",
    isIn: ({ protocol, to, toPort }) =>
      protocol === "udp" && to === plantTargets.group && toPort === 5353,
  },
  {
    title: "the membership of a multicast group",
    isIn: ({ protocol, says }) => protocol === "other" && says.includes("igmp"),
  },
];
