/** A message bus with MQTT's meaning: topics, wildcards, retained messages, a last will. */
export interface BusMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True when it was published to be kept, now or before we subscribed. */
  readonly retained: boolean;
  /** MQTT 5 response topic, when the sender gave one. */
  readonly responseTopic?: string;
}

export interface PublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

export interface Bus {
  /** Enqueues and returns; while disconnected QoS 0 is dropped and QoS 1 waits, up to a limit. */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): void;
  /** Calls `handle` for each message on `filter` (`+` and `#` as in MQTT); answers how to end it. */
  subscribe(filter: string, handle: (message: BusMessage) => void): () => void;
  connected(): boolean;
  /** Told of each change of the connection; answers how to end it. */
  onConnection(listen: (connected: boolean) => void): () => void;
  /** Sends what waits and leaves without a last will. */
  stop(): Promise<void>;
}

/** Whether an MQTT topic filter covers a topic (MQTT 3.1.1, section 4.7). */
export function topicMatches(filter: string, topic: string): boolean {
  const want = filter.split("/");
  const have = topic.split("/");
  for (let i = 0; i < want.length; i++) {
    if (want[i] === "#") return true;
    if (i >= have.length) return false;
    if (want[i] !== "+" && want[i] !== have[i]) return false;
  }
  return want.length === have.length;
}
