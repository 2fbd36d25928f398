import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import { clientBacklogBytes, clientLimit } from "./limits.ts";

/** A listening unix socket and its clients; who reads too slowly is cut off. */
export interface SocketHub {
  readonly path: string;
  listen(): Promise<void>;
  /** To every client. */
  send(bytes: string | Uint8Array): void;
  clients(): number;
  stop(): Promise<void>;
}

export interface SocketHubOptions {
  readonly path: string;
  readonly logger: Logger;
  /** `replace`: a new client takes the place of the old one; `share`: all of them hear. */
  readonly clients: "replace" | "share";
  /** Called for each new client; answers the function that takes its bytes. */
  readonly onClient?: (answer: (text: string) => void) => (bytes: Uint8Array) => void;
}

export function createSocketHub(options: SocketHubOptions): SocketHub {
  const { path, logger } = options;
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  function write(socket: Socket, bytes: string | Uint8Array): void {
    if (socket.writableLength > clientBacklogBytes) {
      logger.warn("client reads too slowly", { path });
      socket.destroy();
    } else if (socket.writable) {
      socket.write(bytes);
    }
  }
  function accept(socket: Socket): void {
    if (options.clients === "replace") for (const old of sockets) old.destroy();
    else if (sockets.size >= clientLimit) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A peer that went away is no fault of the world; `close` follows.
    socket.on("error", (error) => logger.debug("client lost", { path, reason: error.message }));
    const take = options.onClient?.((text) => write(socket, text));
    socket.on("data", (chunk) => {
      if (!socket.destroyed) take?.(chunk);
    });
  }
  return {
    path,
    listen() {
      rmSync(path, { force: true });
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server = createServer(accept);
      server.once("error", (cause) => {
        reject(new TimmyError("bad-file", `The socket ${path} cannot be opened.`, { cause }));
      });
      server.listen(path, resolve);
      return promise;
    },
    send(bytes) {
      for (const socket of sockets) write(socket, bytes);
    },
    clients: () => sockets.size,
    async stop() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing === null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      closing.close(() => resolve());
      await promise;
      rmSync(path, { force: true });
    },
  };
}
