import { TimmyError } from "@timmy/shared/errors";
import type { TreasuryView } from "@timmy/shared/money/views";
import type { Clock } from "@timmy/shared/ports/time";
import type { Channel, LightningBackend, NodeBalance, NodeHealth } from "../lightning/backend.ts";
import type { NodeCall } from "./node-call.ts";

/** What the node last said, so that a screen never waits for it. */
export interface NodeSnapshot {
  /** Health, and when it is active balances and channels. */
  refresh(): Promise<void>;
  /** Health; and the rest if something moved or it is back. Answers whether anything is new. */
  look(): Promise<boolean>;
  /** Money moved: what is known of balances is old. */
  moved(): void;
  backend(): TreasuryView["backend"];
  /** Null until it said so for the first time; kept while it is away. */
  balance(): NodeBalance | null;
  channels(): readonly Channel[];
  isActive(): boolean;
}

type State = TreasuryView["backend"]["state"];
const stateOf: Readonly<Record<string, State>> = {
  "lnd-locked": "locked",
  "lnd-starting": "starting",
  "lnd-refused": "refused",
  "lnd-identity": "refused",
  "lnd-too-old": "refused",
  "bad-certificate": "refused",
  "macaroon-refused": "refused",
  "vault-locked": "vault-locked",
};

export function createNodeSnapshot(ports: {
  readonly backend: LightningBackend;
  readonly clock: Clock;
  readonly call: NodeCall;
}): NodeSnapshot {
  const { backend, clock, call } = ports;
  let health: NodeHealth | null = null;
  let state: State = "starting";
  let sentence = "The node was not asked yet.";
  let sinceMs = Math.floor(clock.wallMs());
  let balance: NodeBalance | null = null;
  let channels: readonly Channel[] = [];
  let isOld = true;

  function become(next: State, why: string): void {
    if (next !== state) sinceMs = Math.floor(clock.wallMs());
    state = next;
    sentence = why;
  }
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    const before = state;
    try {
      await work();
    } catch (error) {
      const code = error instanceof TimmyError ? error.code : "lnd-away";
      become(stateOf[code] ?? "away", error instanceof TimmyError ? error.message : "");
    }
    return state !== before;
  }
  async function askHealth(): Promise<void> {
    health = await call((signal) => backend.healthCheck(signal));
    become(health.state, health.state === "active" ? "" : health.sentence);
  }
  async function askBalances(): Promise<void> {
    if (state !== "active") return;
    isOld = false;
    balance = await call((signal) => backend.getBalance(signal));
    channels = await call((signal) => backend.channels(signal));
  }
  return {
    async refresh() {
      await attempt(async () => {
        await askHealth();
        await askBalances();
      });
    },
    async look() {
      const changed = await attempt(askHealth);
      const isNews = changed || (isOld && state === "active");
      if (isNews) await attempt(askBalances);
      return isNews;
    },
    moved() {
      isOld = true;
    },
    backend: () => ({
      kind: backend.kind,
      state,
      sentence,
      alias: health?.alias ?? "",
      pubkey: health?.pubkey ?? "",
      network: backend.network,
      version: health?.version ?? "",
      since_ms: sinceMs,
    }),
    balance: () => balance,
    channels: () => channels,
    isActive: () => state === "active",
  };
}
