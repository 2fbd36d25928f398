import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import { createSales } from "@timmy/companion/payments/sales";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { createBareCommit } from "./bare-commit.ts";
import type { BenchPart } from "./part.ts";
import { middle, timed } from "./samples.ts";

/** Milliseconds that an order may cost beside the node's own AddInvoice, at the median. */
const targetMs = 3;
/** An order is two commits; on a slow or busy disk it may cost so many bare ones of a page. */
const targetCommits = 4;

/** An invoice for an order, written before and after the node is asked, beside the node alone. */
export const ledgerSales: BenchPart = async ({ seconds }) => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  const time = createSystemTime();
  const backend = createMockBackend({ clock: time.clock, random: createRandom(1) });
  const books = openBooks({ path: join(folder, "books.sqlite"), clock: time.clock });
  const sales = createSales({ books, backend, time, logger: createMemoryLogger() });
  const disk = createBareCommit(join(folder, "bare.sqlite"));
  const commits: number[] = [];
  const orders: number[] = [];
  const bare: number[] = [];
  const wish = { amountMsat: 50_000n, memo: "tea", expiryS: 600 };
  const endMs = performance.now() + seconds * 1000;
  for (let k = 0; performance.now() < endMs; k++) {
    let startMs = performance.now();
    await backend.createInvoice({ ...wish, preimage: randomBytes(32) });
    bare.push(performance.now() - startMs);
    // After the same work: on a busy machine whoever has just computed waits longer for its turn.
    commits.push(timed(disk.commit));
    startMs = performance.now();
    const order = { orderId: `order-${k}`, party: "agent:a", service: "tea" } as const;
    const result = await sales.create({ ...wish, ...order });
    if (result.ok) orders.push(performance.now() - startMs);
  }
  await sales.stop();
  await backend.close();
  books.close();
  disk.close();
  rmSync(folder, { recursive: true });
  const orderMs = middle(orders);
  const bareMs = middle(bare);
  const overheadMs = orderMs - bareMs;
  const commitMs = middle(commits);
  const figures = {
    ...{ orders: orders.length, orderMedianMs: orderMs, addInvoiceMedianMs: bareMs },
    ...{ overheadMs, targetMs, bareCommitMedianMs: commitMs, targetCommits },
  };
  const sentence =
    `Sales: an order's invoice takes ${orderMs.toFixed(2)} ms at the median, ` +
    `${overheadMs.toFixed(2)} ms more than the node alone ` +
    `(a bare commit: ${commitMs.toFixed(2)} ms)`;
  const pass =
    overheadMs <= Math.max(targetMs, targetCommits * commitMs) && orders.length === bare.length;
  return { name: "ledger-sales", figures, sentence, pass };
};
