import { type Bus, type BusMessage, topicMatches } from "@timmy/shared/ports/bus";
import type { Random } from "@timmy/shared/ports/random";
import type { VirtualTime } from "@timmy/shared/ports/time";

/** One client's end of a broker that can be cut off, hang, forget and be restarted. */
export interface SeededClient extends Bus {
  /** The network between it and the broker: as it should be, closed, or swallowing everything. */
  setNetwork(network: "open" | "closed" | "black-hole"): void;
  /** The process stands still: nothing is read, sent or noticed. */
  setFrozen(frozen: boolean): void;
  /** The process is gone. */
  kill(): void;
}
export interface SeededBroker {
  connect(clientId: string): SeededClient;
  /** It forgets everything that it kept, and every connection. */
  restart(): void;
}

/** Milliseconds until a client notices that nothing comes back any more, and until it tries again. */
const noticeMs = 7000;
const retryMs = 500;
const longestLatencyMs = 120;

/**
 * A fake: a broker under virtual time with the meaning of MQTT over TCP. What one client sends arrives
 * in order, what it gets comes in the broker's order, each late by chance; a new connection with the
 * same client id ends the old one; what was on its way over a connection that ends is lost.
 */
export function createSeededBroker(time: VirtualTime, random: Random): SeededBroker {
  const kept = new Map<string, Uint8Array>();
  const sessions = new Map<string, { end(): void }>();
  const deliveries = new Set<(message: BusMessage) => void>();
  const encoder = new TextEncoder();
  const latencyMs = () => 1 + Math.floor(random.uniform() ** 3 * longestLatencyMs);

  function route(topic: string, payload: Uint8Array, retain: boolean): void {
    if (retain) {
      if (payload.length === 0) kept.delete(topic);
      else kept.set(topic, payload);
    }
    for (const deliver of [...deliveries]) deliver({ topic, payload, retained: retain });
  }

  function connect(clientId: string): SeededClient {
    const wanted = new Map<object, { filter: string; handle: (m: BusMessage) => void }>();
    const listeners = new Set<(up: boolean) => void>();
    let network: "open" | "closed" | "black-hole" = "open";
    let frozen = false;
    let dead = false;
    let up = false;
    /** Of the connection of now; what belongs to an older one is dropped. */
    let connection = 0;
    let toBrokerMs = 0;
    let toClientMs = 0;
    /** What the frozen process finds when it wakes up, in order. */
    const asleep: (() => void)[] = [];

    const awake = (run: () => void) => {
      if (frozen) asleep.push(run);
      else run();
    };
    /** Runs later, in the order in which it was sent, while the connection stands. */
    function carry(way: "to-broker" | "to-client", run: () => void): void {
      if (network !== "open") return;
      const mine = connection;
      const at = time.clock.monotonicMs() + latencyMs();
      const dueMs = Math.max(at, way === "to-broker" ? toBrokerMs : toClientMs);
      if (way === "to-broker") toBrokerMs = dueMs;
      else toClientMs = dueMs;
      time.timers.after(way, dueMs - time.clock.monotonicMs(), () => {
        if (mine !== connection || dead || network !== "open") return;
        if (way === "to-broker") run();
        else
          awake(() => {
            if (mine === connection && !dead) run();
          });
      });
    }
    function change(next: boolean): void {
      if (up === next || dead) return;
      up = next;
      for (const listen of [...listeners]) listen(next);
    }
    /** Only what the broker was asked for is delivered: a subscription has its way to go too. */
    const subscribed = new Map<object, (message: BusMessage) => void>();
    function subscribe(key: object): void {
      const one = wanted.get(key);
      if (one === undefined) return;
      carry("to-broker", () => {
        if (!wanted.has(key) || subscribed.has(key)) return;
        const pass = (message: BusMessage) => {
          if (topicMatches(one.filter, message.topic)) {
            carry("to-client", () => {
              if (wanted.has(key)) one.handle(message);
            });
          }
        };
        subscribed.set(key, pass);
        deliveries.add(pass);
        for (const [topic, payload] of kept) pass({ topic, payload, retained: true });
      });
    }
    function end(): void {
      connection++;
      for (const pass of subscribed.values()) deliveries.delete(pass);
      subscribed.clear();
      if (sessions.get(clientId) === session) sessions.delete(clientId);
    }
    const session = {
      end() {
        end();
        awake(() => change(false));
        again();
      },
    };
    function again(): void {
      time.timers.after("reconnect", retryMs, () =>
        awake(() => {
          if (dead || up || sessions.get(clientId) === session) return;
          if (network === "open") begin();
          else again();
        }),
      );
    }
    function begin(): void {
      connection++;
      toBrokerMs = 0;
      toClientMs = 0;
      sessions.get(clientId)?.end();
      sessions.set(clientId, session);
      for (const key of wanted.keys()) subscribe(key);
      carry("to-client", () => change(true));
    }
    time.timers.after("connect", latencyMs(), () => awake(() => (dead ? undefined : begin())));
    return {
      publish(topic, payload, options = {}) {
        if (!up || dead) return;
        const bytes = typeof payload === "string" ? encoder.encode(payload) : payload.slice();
        carry("to-broker", () => route(topic, bytes, options.retain === true));
      },
      subscribe(filter, handle) {
        const key = {};
        wanted.set(key, { filter, handle });
        if (up) subscribe(key);
        return () => {
          wanted.delete(key);
          const pass = subscribed.get(key);
          if (pass !== undefined) deliveries.delete(pass);
          subscribed.delete(key);
        };
      },
      connected: () => up,
      onConnection(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
      async stop() {
        end();
        change(false);
      },
      setNetwork(next) {
        if (next === network) return;
        const before = network;
        network = next;
        if (next === "closed") session.end();
        if (next === "black-hole") {
          const mine = connection;
          time.timers.after("keep alive", noticeMs, () => {
            if (mine === connection && network === "black-hole") session.end();
          });
        }
        // A hole that closes again in time: TCP sends anew what was lost; here it is a new connection.
        if (next === "open" && before === "black-hole" && up) session.end();
      },
      setFrozen(next) {
        frozen = next;
        if (!frozen) for (const run of asleep.splice(0)) run();
      },
      kill() {
        dead = true;
        end();
      },
    };
  }
  return {
    connect,
    restart() {
      kept.clear();
      for (const one of [...sessions.values()]) one.end();
    },
  };
}
