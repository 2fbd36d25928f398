import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A door in front of a local port, which can be shut without the one behind it knowing. */
export interface PortGate {
  open(): Promise<void>;
  /** Refuses new connections and cuts those that are there. */
  shut(): Promise<void>;
}

export function createPortGate(outerPort: number, innerPort: number): PortGate {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  return {
    async open() {
      if (server !== null) return;
      server = createServer((outer) => {
        const inner = connect(innerPort, "127.0.0.1");
        keep(outer);
        keep(inner);
        outer.pipe(inner);
        inner.pipe(outer);
        outer.on("close", () => inner.destroy());
        inner.on("close", () => outer.destroy());
      });
      server.listen(outerPort, "127.0.0.1");
      await once(server, "listening");
    },
    async shut() {
      if (server === null) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      server = null;
      await closed;
    },
  };
}
