import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { createRig } from "./rig.ts";

/** A core with its plant behind a unix socket, in a thread of its own, about in real time. */
function main(): void {
  const port = parentPort;
  if (port === null) return;
  const { core, plant } = createRig();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (bytes) => core.receive(bytes));
    // A test cuts sockets on purpose; "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  // Time is counted, not measured: a stalled machine makes this core slow, never wrong.
  const pacer = setInterval(() => {
    for (let i = 0; i < 5; i++) plant.step(core.tick(plant.inputs));
    const bytes = core.transmit();
    if (bytes.length > 0) for (const socket of sockets) socket.write(bytes);
  }, 5);
  port.on("message", (message: "cut" | "end") => {
    for (const socket of sockets) socket.destroy();
    if (message === "cut") return;
    clearInterval(pacer);
    server.close();
    port.close();
  });
  const { path }: { path: string } = workerData;
  server.listen(path, () => port.postMessage("listening"));
}

main();
