import { createClientBus } from "@timmy/shared/mqtt/client-bus";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import { connect } from "mqtt";

export interface MqttConnectionOptions {
  readonly url: string;
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: string; readonly retain: boolean };
  readonly logger: Logger;
}

/** A bus over mqtt.js that comes back by itself; an unreachable broker is logged once. */
export function connectBus({ url, clientId, will, logger }: MqttConnectionOptions): Bus {
  const client = connect(url, {
    clientId,
    protocolVersion: 5,
    keepalive: 5,
    connectTimeout: 2000,
    reconnectPeriod: 500,
    // What was not sent before a loss is not sent after it: nothing runs late.
    queueQoSZero: false,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain },
  });
  let told = false;
  client.on("error", (error) => {
    if (!told) logger.warn("broker not reachable, trying again", { url, error: error.message });
    told = true;
  });
  client.on("connect", () => {
    told = false;
    logger.info("connected to the broker", { url });
  });
  client.on("close", () => {
    if (!told && !client.disconnecting) logger.warn("connection to the broker closed", { url });
    told = true;
  });
  return createClientBus(client);
}
