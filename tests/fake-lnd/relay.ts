import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A port that stays while what is behind it changes: it forwards bytes to the port that it is told,
 * cuts every connection at once (what a killed process looks like), and can be gone for a while.
 */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  #target = 0;
  #bytes = 0;
  #connections = 0;

  /** Listens on the port that it had before, or on a free one of loopback. */
  async listen(): Promise<number> {
    if (this.#server !== null) return this.#port;
    const server = createServer((inner) => this.#join(inner));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    return this.#port;
  }

  forwardTo(port: number): void {
    this.#target = port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  /** Cuts, and refuses connections until it listens again. */
  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const closed =
      server === null ? Promise.resolve() : new Promise<void>((end) => server.close(() => end()));
    this.cut();
    await closed;
  }

  /** Bytes in both directions and connections since the start: what a quiet wire is known by. */
  traffic(): { readonly bytes: number; readonly connections: number } {
    return { bytes: this.#bytes, connections: this.#connections };
  }

  #join(near: Socket): void {
    this.#connections++;
    const far = connect(this.#target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("data", (bytes: Buffer) => {
        this.#bytes += bytes.length;
        if (!to.write(bytes)) from.pause();
      });
      to.on("drain", () => from.resume());
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
