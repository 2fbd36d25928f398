import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { createRig } from "../../firmware-bridge/src/conformance/rig.ts";

/** A core with its plant behind a unix socket, about in real time; `look` asks how it moves. */
function main(): void {
  const port = parentPort;
  if (port === null) return;
  const { core, plant } = createRig();
  const sockets = new Set<Socket>();
  let ticks = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (bytes) => core.receive(bytes));
    // A test cuts the line on purpose; "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  // Time is counted, not measured: a stalled machine makes this core slow, never wrong.
  const pacer = setInterval(() => {
    for (let i = 0; i < 5; i++) plant.step(core.tick(plant.inputs));
    ticks += 5;
    const bytes = core.transmit();
    if (bytes.length > 0) for (const socket of sockets) socket.write(bytes);
  }, 5);
  port.on("message", (message: "look" | "end") => {
    if (message === "look") {
      const { leftMps, rightMps } = plant.truth;
      const mps = Math.max(Math.abs(leftMps), Math.abs(rightMps));
      port.postMessage({ tick: ticks, mps });
      return;
    }
    clearInterval(pacer);
    for (const socket of sockets) socket.destroy();
    server.close();
    port.close();
  });
  const { path }: { path: string } = workerData;
  server.listen(path, () => port.postMessage("listening"));
}

main();
