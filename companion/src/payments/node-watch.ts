import type { Timer } from "@timmy/shared/ports/time";
import { channelWaits, nodePollMs, nodeTimeoutMs } from "./limits.ts";
import type { MoneyPorts } from "./port.ts";

export interface NodeWatch {
  state(): "ready" | "away";
  /** The node's own public key; empty until it was seen once. */
  pubkey(): string;
  /** Asks the node now; answers once it is known. */
  check(): Promise<void>;
  /** A call went wrong: look whether the node is there, and keep looking until it is. */
  doubt(): void;
  /** Told each time the node is back. */
  onReady(listen: () => void): () => void;
  stop(): void;
}

/** Knows whether the node can be asked. It is taken as ready until it was seen away. */
export function createNodeWatch(ports: Pick<MoneyPorts, "backend" | "time" | "logger">): NodeWatch {
  const { backend, time, logger } = ports;
  const listeners = new Set<() => void>();
  let state: "ready" | "away" = "ready";
  let pubkey = "";
  let waits = 0;
  let checking: Promise<void> | null = null;
  let poll: Timer | null = null;
  let stopped = false;

  async function ask(): Promise<boolean> {
    const patience = new AbortController();
    const timer = time.timers.after("node-watch", nodeTimeoutMs, () => patience.abort());
    const gaveUp = new Promise<null>((resolve) => {
      patience.signal.addEventListener("abort", () => resolve(null), { once: true });
    });
    try {
      const health = await Promise.race([backend.healthCheck(patience.signal), gaveUp]);
      if (health === null) return false;
      if (health.pubkey !== "") pubkey = health.pubkey;
      if (health.state !== "active") return false;
      if (state === "ready" || waits >= channelWaits) return true;
      // A node that came back must first reach its peers; a payment before that finds no way.
      waits += 1;
      const channels = await Promise.race([backend.channels(patience.signal), gaveUp]);
      return channels?.every((channel) => channel.active) ?? false;
    } catch {
      return false;
    } finally {
      timer.cancel();
    }
  }
  async function look(): Promise<void> {
    const active = await ask();
    checking = null;
    if (stopped) return;
    const before = state;
    state = active ? "ready" : "away";
    if (active) waits = 0;
    if (before !== state) logger.info("the Lightning node", { state });
    if (!active) {
      poll?.cancel();
      poll = time.timers.after("node-poll", nodePollMs, () => void check());
    } else if (before === "away") {
      for (const listen of listeners) listen();
    }
  }
  function check(): Promise<void> {
    checking ??= look();
    return checking;
  }
  return {
    state: () => state,
    pubkey: () => pubkey,
    check,
    doubt: () => void check(),
    onReady(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    stop() {
      stopped = true;
      poll?.cancel();
      listeners.clear();
    },
  };
}
