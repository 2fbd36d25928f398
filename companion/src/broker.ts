import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import { Aedes } from "aedes";
import { type BrokerAddress, type BrokerHost, isLoopback } from "./broker-host.ts";
import { createEpochGuard } from "./epoch-guard.ts";
import { maxBrokerClients, maxPacketBytes } from "./limits.ts";

/** The embedded broker: Aedes, MQTT 3.1.1 and 5. It knows no passwords, so it stays on loopback. */
class EmbeddedBroker implements BrokerHost {
  readonly #address: BrokerAddress;
  readonly #logger: Logger;
  readonly #sockets = new Set<Socket>();
  #aedes: Aedes | null = null;
  #server: Server | null = null;
  #port = 0;

  constructor(address: BrokerAddress, logger: Logger) {
    this.#address = address;
    this.#logger = logger;
  }

  async start(): Promise<number> {
    if (this.#server !== null) return this.#port;
    const { host, port } = this.#address;
    if (!isLoopback(host)) {
      throw new TimmyError(
        "usage",
        `The embedded broker listens on loopback only, not on ${host}.`,
      );
    }
    const guard = createEpochGuard();
    const aedes = await Aedes.createBroker({
      maximumPacketSize: maxPacketBytes,
      connectTimeout: 5000,
      drainTimeout: 10_000,
      maxTopicLevels: 8,
      maxClientsIdLength: 64,
      pendingSessionsLimit: maxBrokerClients,
      sessionExpiryIntervalLimit: 60,
      preConnect: (_client, _packet, done) => done(null, true),
      authorizePublish: (client, { topic, payload }, done) => {
        const why = topic.startsWith("$SYS/")
          ? "$SYS is the broker's"
          : guard(topic, bytesOf(payload));
        if (why !== null) this.#logger.warn("not passed on", { client: client?.id ?? "", why });
        done(why === null ? null : new Error(why));
      },
    });
    aedes.on("clientError", (client, error) => {
      this.#logger.warn("a client failed", { client: client.id, error: error.message });
    });
    aedes.on("connectionError", (_client, error) => {
      this.#logger.warn("a connection failed", { error: error.message });
    });
    const server = createServer((socket) => this.#accept(aedes, socket));
    try {
      await listen(server, port, host);
    } catch (error) {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      throw error;
    }
    this.#aedes = aedes;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }

  async stop(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server];
    if (aedes === null || server === null) return;
    this.#aedes = null;
    this.#server = null;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(aedes: Aedes, socket: Socket): void {
    if (this.#sockets.size >= maxBrokerClients) {
      this.#logger.warn("too many clients, one was turned away", { limit: maxBrokerClients });
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => this.#sockets.delete(socket));
    aedes.handle(socket);
  }
}

const bytesOf = (payload: string | Buffer): Uint8Array =>
  typeof payload === "string" ? Buffer.from(payload) : payload;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new TimmyError("port-taken", `Port ${port}.`, { cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
}

export function createBroker(options: {
  readonly port: number;
  readonly host?: string;
  readonly logger: Logger;
}): BrokerHost {
  const { port, host = "127.0.0.1", logger } = options;
  return new EmbeddedBroker({ port, host }, logger);
}
