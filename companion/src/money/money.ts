import { randomBytes } from "node:crypto";
import type { MakeId } from "@timmy/shared/ids";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Random } from "@timmy/shared/ports/random";
import type { Time, Timer } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import { reconcilePeriodMs } from "../limits.ts";
import { createMarket, type Market } from "../market/market.ts";
import { houseAgents } from "../market/personas.ts";
import { createPayments } from "../payments/payments.ts";
import type { Payments, Reconciler, Sales } from "../payments/port.ts";
import { createReconciler } from "../payments/reconciler.ts";
import { createSales } from "../payments/sales.ts";
import type { KeyRing } from "../treasury/key-file.ts";
import type { Treasury } from "../treasury/port.ts";
import { createSpendingGate } from "../treasury/spending-gate.ts";
import { createTreasury } from "../treasury/treasury.ts";

/** One node and its books, and everything that works on them. */
export interface Money {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly sales: Sales;
  readonly reconciler: Reconciler;
  readonly treasury: Treasury;
  readonly market: Market;
  /** Goes on with everything that was open, and listens to the node. */
  start(): void;
  /** Ends all of it, the node's connection and the books included. */
  stop(): Promise<void>;
}

export interface MoneyPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly keys: KeyRing;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly random: Random;
  readonly logger: Logger;
}

/** Puts ledger, payments, treasury and market together on one node's books. */
export function createMoney(ports: MoneyPorts): Money {
  const { books, backend, keys, time, makeId, logger } = ports;
  const gate = createSpendingGate({ books, clock: time.clock, keys });
  const payments = createPayments({ ...ports, gate });
  const sales = createSales({ ...ports, payments });
  const reconciler = createReconciler(ports);
  const proof = () => reconciler.newest(1)[0] ?? null;
  const treasury = createTreasury({
    ...{ books, backend, payments, sales, gate, time, makeId, logger, keys, proof },
    randomBytes: (count) => randomBytes(count),
  });
  const market = createMarket({
    ...{ books, time, makeId, logger, agents: houseAgents },
    ...{ execute: null, houseBids: true },
  });
  let timer: Timer | null = null;

  async function prove(): Promise<void> {
    try {
      const { ok } = await reconciler.run();
      if (!ok) logger.warn("books and node differ", { node: backend.kind });
    } catch (error) {
      logger.info("the node cannot be asked for the proof", { error: String(error) });
    }
  }
  return {
    ...{ books, backend, payments, sales, reconciler, treasury, market },
    start() {
      payments.start();
      sales.start();
      treasury.start();
      market.start();
      void prove();
      timer ??= time.timers.every("prove the books", reconcilePeriodMs, () => void prove());
    },
    async stop() {
      timer?.cancel();
      market.stop();
      await treasury.stop();
      await sales.stop();
      await payments.stop();
      await backend.close();
      books.close();
    },
  };
}
