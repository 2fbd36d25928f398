import { createClientBus } from "@timmy/shared/mqtt/client-bus";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import { connect } from "mqtt";

export interface MqttBusOptions {
  /** mqtt://host:port */
  readonly url: string;
  /** Stays the same over reconnects, so that an old connection's will cannot follow the new one. */
  readonly clientId: string;
  readonly will?: { readonly topic: string; readonly payload: string; readonly retain: boolean };
  readonly username?: string;
  readonly password?: string;
  readonly logger: Logger;
}

/** A bus on a real broker; connects in the background and again after every loss. */
export function connectMqttBus(options: MqttBusOptions): Bus {
  const { url, clientId, will, username, password, logger } = options;
  const client = connect(url, {
    clientId,
    protocolVersion: 5,
    clean: true,
    keepalive: 5,
    reconnectPeriod: 500,
    connectTimeout: 5000,
    // What was not sent before a loss is not sent after it: nothing runs late.
    queueQoSZero: false,
    resubscribe: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined
      ? {}
      : {
          will: {
            topic: will.topic,
            payload: Buffer.from(will.payload),
            qos: 1,
            retain: will.retain,
          },
        }),
  });
  let failing = "";
  client.on("error", (error) => {
    // One line per cause, not one per try.
    if (error.message === failing) return;
    failing = error.message;
    logger.warn("the broker is not reachable", { url, error: error.message });
  });
  client.on("connect", () => {
    failing = "";
    logger.info("connected to the broker", { url });
  });
  client.on("offline", () => logger.warn("the connection to the broker is lost", { url }));
  return createClientBus(client);
}
