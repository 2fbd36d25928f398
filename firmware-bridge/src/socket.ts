import { createConnection, type Socket } from "node:net";
import { maxWaitingBytes } from "./limits.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** A wire over a unix stream socket. Each `open` is one attempt with a socket of its own. */
export function createSocketTransport(path: string): Transport {
  let listener: TransportListener | null = null;
  let socket: Socket | null = null;

  function end(ended: Socket): void {
    if (socket !== ended) return;
    socket = null;
    listener?.closed();
  }
  return {
    open() {
      if (socket !== null) return;
      const fresh = createConnection({ path });
      socket = fresh;
      fresh.on("connect", () => {
        if (socket === fresh) listener?.opened();
      });
      fresh.on("data", (bytes) => {
        if (socket === fresh) listener?.bytes(bytes);
      });
      // "close" follows every error; the error itself says nothing that the backoff needs.
      fresh.on("error", () => undefined);
      fresh.on("close", () => end(fresh));
    },
    close() {
      const old = socket;
      socket = null;
      old?.destroy();
    },
    send(bytes) {
      if (socket === null || socket.connecting || socket.destroyed) return;
      if (socket.writableLength < maxWaitingBytes) socket.write(bytes);
    },
    listen(next) {
      listener = next;
    },
  };
}
