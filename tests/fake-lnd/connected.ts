import { createLndBackend, type LndBackend } from "@timmy/companion/lightning/lnd/lnd-backend";
import { bakedRights } from "@timmy/companion/lightning/lnd/rights";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import {
  createSystemTime,
  createVirtualTime,
  type Time,
  type Timers,
} from "@timmy/shared/ports/time";
import { FakeLnd } from "./fake-lnd.ts";
import type { FakeNodeOptions } from "./fake-node.ts";

export interface ClientOptions {
  readonly certPem?: string;
  readonly pubkey?: string;
  /** Deadlines of calls are told to gRPC as times of day: a clock that is late makes them short. */
  readonly late?: { readonly ms: number };
  readonly timers?: Timers;
}

function clientTime({ late = { ms: 0 }, timers }: ClientOptions): Time {
  const system = createSystemTime();
  const wallMs = () => system.clock.wallMs() - late.ms;
  const monotonicMs = () => system.clock.monotonicMs();
  return { clock: { monotonicMs, wallMs }, timers: timers ?? system.timers };
}

/** Three tokens with exactly the rights that our own baking asks for. */
export function bakeThree(fake: FakeLnd) {
  const bake = (name: string) =>
    fake.macaroons.bake(
      (bakedRights.find((right) => right.name === name)?.methods ?? []).map((action) => ({
        entity: "uri",
        action,
      })),
    );
  return { earn: bake("earn"), spend: bake("spend"), sweep: bake("sweep") };
}

/** Our client for a running fake. */
export function connectClient(
  fake: FakeLnd,
  options: ClientOptions = {},
): { readonly backend: LndBackend; readonly logger: ReturnType<typeof createMemoryLogger> } {
  const logger = createMemoryLogger();
  const connection = {
    address: fake.address,
    certPem: options.certPem ?? fake.certificate.certPem,
    pubkey: options.pubkey ?? fake.node.pubkey(),
    network: "regtest",
  } as const;
  const ports = { time: clientTime(options), logger };
  const backend = createLndBackend(ports, { connection, macaroons: bakeThree(fake) });
  return { backend, logger };
}

/** A fake whose time stands until `pass`, and our client on it; `stop` ends both. */
export async function startConnected(options: FakeNodeOptions & ClientOptions = {}) {
  const time = createVirtualTime({ startWallMs: createSystemTime().clock.wallMs() });
  const fake = new FakeLnd(time, options);
  await fake.start();
  const { backend, logger } = connectClient(fake, options);
  return {
    ...{ fake, backend, logger },
    pass: (ms: number): void => void time.advanceTo(time.clock.monotonicMs() + ms),
    async stop(): Promise<void> {
      await backend.close();
      await fake.stop();
    },
  };
}
