import { type Bus, type BusMessage, type PublishOptions, topicMatches } from "./bus.ts";

export interface MemoryBroker {
  /** A client with an optional last will, published when `drop` cuts it off. */
  connect(will?: { topic: string; payload: string; retain: boolean }): MemoryBusClient;
  /** While held it takes messages and passes none on, as one that hangs; then all at once. */
  hold(held: boolean): void;
}
export interface MemoryBusClient extends Bus {
  /** As if the process were killed: the will goes out, nothing arrives any more. */
  drop(): void;
}

/** A fake: a broker in memory for lockstep and tests. Messages arrive in the microtask after. */
export function createMemoryBroker(): MemoryBroker {
  const encoder = new TextEncoder();
  const retained = new Map<string, Uint8Array>();
  const clients = new Set<(message: BusMessage) => void>();
  const waiting: (() => void)[] = [];
  let held = false;

  function route(topic: string, payload: string | Uint8Array, options: PublishOptions): void {
    if (held) return void waiting.push(() => route(topic, payload, options));
    const bytes = typeof payload === "string" ? encoder.encode(payload) : payload.slice();
    const kept = options.retain === true;
    if (kept) {
      if (bytes.length === 0) retained.delete(topic);
      else retained.set(topic, bytes);
    }
    for (const deliver of clients) deliver({ topic, payload: bytes, retained: kept });
  }
  return {
    hold(next) {
      held = next;
      if (!held) for (const pass of waiting.splice(0)) pass();
    },
    connect(will) {
      const subscriptions = new Map<object, { filter: string; handle: (m: BusMessage) => void }>();
      const listeners = new Set<(connected: boolean) => void>();
      let live = true;
      const deliver = (message: BusMessage) => {
        // Who subscribes after the publication does not get it as a live message.
        const now = [...subscriptions.values()].filter((s) =>
          topicMatches(s.filter, message.topic),
        );
        queueMicrotask(() => {
          if (live) for (const { handle } of now) handle(message);
        });
      };
      clients.add(deliver);
      function leave(): void {
        if (!live) return;
        live = false;
        clients.delete(deliver);
        for (const listen of listeners) listen(false);
      }
      return {
        publish(topic, payload, options = {}) {
          if (live) route(topic, payload, options);
        },
        subscribe(filter, handle) {
          const key = {};
          subscriptions.set(key, { filter, handle });
          for (const [topic, payload] of retained) {
            if (!topicMatches(filter, topic)) continue;
            queueMicrotask(() => {
              if (live && subscriptions.has(key)) handle({ topic, payload, retained: true });
            });
          }
          return () => subscriptions.delete(key);
        },
        connected: () => live,
        onConnection(listen) {
          listeners.add(listen);
          return () => listeners.delete(listen);
        },
        async stop() {
          leave();
        },
        drop() {
          if (live && will !== undefined) route(will.topic, will.payload, { retain: will.retain });
          leave();
        },
      };
    },
  };
}
