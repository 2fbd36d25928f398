import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { deposit } from "@timmy/companion/ledger/books-fixture";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import { createPayments, type PaymentsPorts } from "@timmy/companion/payments/payments";
import type { Payment, PaymentState, SpendingGate } from "@timmy/companion/payments/port";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime, createVirtualTime } from "@timmy/shared/ports/time";
import type { BenchPart } from "./part.ts";

const count = 1000;
const targetS = 10;

const gate: SpendingGate = {
  judge: () => ({ ok: true }),
  undo: () => {},
  paused: () => false,
};

/** Settles when so many payments have come into one of the states. */
function whenIn(
  payments: { onChange(listen: (payment: Payment) => void): () => void },
  states: readonly PaymentState[],
): Promise<void> {
  const seen = new Set<string>();
  return new Promise((resolve) => {
    const end = payments.onChange(({ id, state }) => {
      if (!states.includes(state)) return;
      seen.add(id);
      if (seen.size < count) return;
      end();
      resolve();
    });
  });
}

/** A thousand payments of which nobody knows what became, after a start: until all are known. */
export const ledgerRecovery: BenchPart = async () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  // The first life's timers stand still, so that it never asks again.
  const still = createVirtualTime({ startWallMs: Date.now() });
  const mock = createMockBackend({ clock: still.clock, random: createRandom(1) });
  const path = join(folder, "books.sqlite");
  const books = openBooks({ path, clock: still.clock });
  deposit(books, "agent:a", 1_000_000_000n);
  const logger = createMemoryLogger();
  const base = { books, backend: mock, gate, logger, makeId: () => randomUUID() };
  const make = (time: PaymentsPorts["time"]) => createPayments({ ...base, time });
  const first = make(still);
  const unknown = whenIn(first, ["unknown"]);
  for (let k = 0; k < count; k++) mock.failNextPayment({ kind: "drop-then-succeed" });
  await Promise.all(
    Array.from({ length: count }, (_, k) =>
      first.send({
        ...{ key: `send-${k}`, bolt11: mock.makeForeignInvoice(1000n, `${k}`, 86_400) },
        ...{ maxFeeMsat: 5000n, party: "agent:a", purpose: "payment", note: "" },
        origin: { from: "person", who: "bench" },
      }),
    ),
  );
  await unknown;
  await first.stop();
  const second = make(createSystemTime());
  const known = whenIn(second, ["succeeded", "failed"]);
  const startMs = performance.now();
  second.start();
  await known;
  const tookS = (performance.now() - startMs) / 1000;
  await second.stop();
  const succeeded = second.list({ limit: 2 * count, state: "succeeded" }).length;
  const faults = books.ledger.verify().length;
  await mock.close();
  books.close();
  rmSync(folder, { recursive: true });
  const figures = { payments: count, succeeded, recoveredS: tookS, targetS, faults };
  const sentence = `Payments: ${count} unknown ones are known again in ${tookS.toFixed(2)} s`;
  const pass = tookS <= targetS && succeeded === count && faults === 0;
  return { name: "ledger-recovery", figures, sentence, pass };
};
