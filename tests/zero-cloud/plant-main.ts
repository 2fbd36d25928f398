import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { plantTargets } from "./plants.ts";

// Leaks on purpose: what `zero-cloud --plant` must see. Nobody answers any of them.
const { v4, v6, name, group } = plantTargets;
const sockets = [connect(443, v4), connect(443, v6)];
for (const socket of sockets) socket.on("error", () => {});

const groupSocket = createSocket("udp4").bind(5353);
await once(groupSocket, "listening");
groupSocket.addMembership(group);
const send = (socket: ReturnType<typeof createSocket>, port: number, address: string) =>
  new Promise((resolve) => socket.send("planted", port, address, resolve));
await send(groupSocket, 5353, group);
const datagrams = createSocket("udp6");
await send(datagrams, 4433, v6);
// Lasts until the name server was given up, and lets the others be looked up meanwhile.
await lookup(name).catch(() => {});
for (const socket of sockets) socket.destroy();
groupSocket.close();
datagrams.close();
