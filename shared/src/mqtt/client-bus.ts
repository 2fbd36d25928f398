import type { Bus, BusMessage, PublishOptions } from "../ports/bus.ts";
import { topicMatches } from "../ports/bus.ts";
import { busQueueLimit } from "../ports/limits.ts";

/** The few members of an mqtt.js client that a bus needs, so that `shared` does no I/O itself. */
export interface MqttClientLike {
  readonly connected: boolean;
  publish(
    topic: string,
    payload: string | Uint8Array,
    options: { qos: 0 | 1; retain: boolean },
  ): unknown;
  subscribe(filter: string, options: { qos: 1; rap: true }): unknown;
  unsubscribe(filter: string): unknown;
  on(event: "connect" | "close", listen: () => void): unknown;
  on(event: "error", listen: (error: Error) => void): unknown;
  on(
    event: "message",
    listen: (topic: string, payload: Uint8Array, packet: MqttPacket) => void,
  ): unknown;
  endAsync(force?: boolean): Promise<void>;
  /** The connection of now; a TCP socket has `setNoDelay`. */
  readonly stream: object;
}
export interface MqttPacket {
  readonly retain: boolean;
  readonly properties?: { readonly responseTopic?: string };
}

/** A bus over an mqtt.js client that reconnects by itself. Errors are the caller's to log. */
export function createClientBus(client: MqttClientLike): Bus {
  const subscriptions = new Map<object, { filter: string; handle: (m: BusMessage) => void }>();
  const listeners = new Set<(connected: boolean) => void>();
  const waiting: [topic: string, payload: string | Uint8Array, options: PublishOptions][] = [];
  let connected = client.connected;

  function send(topic: string, payload: string | Uint8Array, options: PublishOptions): void {
    client.publish(topic, payload, { qos: options.qos ?? 0, retain: options.retain ?? false });
  }
  function change(next: boolean): void {
    if (next === connected) return;
    connected = next;
    if (next)
      for (const [topic, payload, options] of waiting.splice(0)) send(topic, payload, options);
    for (const listen of listeners) listen(next);
  }
  client.on("connect", () => {
    // mqtt.js writes a packet in parts; Nagle's algorithm would hold the last until the first is
    // acknowledged, some 40 ms, each way.
    const { stream } = client;
    if ("setNoDelay" in stream && typeof stream.setNoDelay === "function") stream.setNoDelay(true);
    change(true);
  });
  client.on("close", () => change(false));
  client.on("message", (topic, payload, packet) => {
    const responseTopic = packet.properties?.responseTopic;
    const message: BusMessage = {
      topic,
      payload,
      retained: packet.retain,
      ...(responseTopic === undefined ? {} : { responseTopic }),
    };
    for (const { filter, handle } of [...subscriptions.values()]) {
      if (topicMatches(filter, topic)) handle(message);
    }
  });
  return {
    publish(topic, payload, options = {}) {
      if (connected) send(topic, payload, options);
      else if (options.qos === 1) {
        if (waiting.length === busQueueLimit) waiting.shift();
        waiting.push([topic, payload, options]);
      }
    },
    subscribe(filter, handle) {
      const key = {};
      const known = [...subscriptions.values()].some((other) => other.filter === filter);
      subscriptions.set(key, { filter, handle });
      // "Retain as published" (MQTT 5, 3.8.3.1): a retained command is one also when it comes live.
      if (!known) client.subscribe(filter, { qos: 1, rap: true });
      return () => {
        subscriptions.delete(key);
        if (![...subscriptions.values()].some((other) => other.filter === filter)) {
          client.unsubscribe(filter);
        }
      };
    },
    connected: () => connected,
    onConnection(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    // A client that is not connected has nothing to say goodbye to, and would wait for it for ever.
    stop: () => client.endAsync(!client.connected),
  };
}
