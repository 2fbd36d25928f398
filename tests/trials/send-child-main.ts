import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { openBooks } from "@timmy/companion/ledger/books";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import { createPayments } from "@timmy/companion/payments/payments";
import type { Payment, Sale, SpendingGate } from "@timmy/companion/payments/port";
import { createSales } from "@timmy/companion/payments/sales";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createFastTime } from "./fast-time.ts";
import { createRemoteNode } from "./node-link.ts";
import type { SenderSays, SenderTask } from "./send-kill.ts";
import { breakable, createPoint } from "./step-points.ts";

/** The process that pays, sells and dies: it does what it is told, and says what it knows. */
const { values } = parseArgs({
  options: { books: { type: "string", default: "" }, "die-at": { type: "string", default: "0" } },
});
const say = (what: SenderSays) => void process.send?.(what, () => {});
const told = new Promise<SenderTask>((resolve) => {
  process.on("message", (message: SenderTask | object) => {
    if ("sends" in message) resolve(message);
  });
});
say({ say: "ready" });
const task = await told;
const time = createFastTime(task.factor, task.epochMs);
const opened = openBooks({ path: values.books, clock: time.clock, space: null });
if (task.plant) {
  // The planted fault: a restart takes what it does not know for failed, and gives it back.
  const { ledger, sql } = opened;
  opened.write(() => {
    for (const { id } of ledger.openHolds()) ledger.release(id);
    sql.run("UPDATE payments SET state = 'failed' WHERE state NOT IN ('succeeded', 'failed')");
  });
}
const point = createPoint(Number(values["die-at"]));
const books = breakable(opened, point);
const gate: SpendingGate = {
  judge: () => ({ ok: true }),
  undo: () => {},
  paused: () => false,
};
const mock = createMockBackend({ clock: time.clock, random: createRandom(1) });
const backend = createRemoteNode(mock, point);
const ports = { books, time, backend, logger: createMemoryLogger() };
const payments = createPayments({ ...ports, gate, makeId: () => randomUUID() });
const sales = createSales({ ...ports, payments });

const isFinal = ({ state }: Payment) => state === "succeeded" || state === "failed";
const sayFinal = ({ key, state }: Payment) => say({ say: "final", key, state });
const sayPaid = ({ orderId }: Sale) => say({ say: "paid", key: orderId });
payments.onChange((payment) => {
  point();
  if (isFinal(payment)) sayFinal(payment);
});
sales.onPaid((sale) => {
  point();
  sayPaid(sale);
});
for (const sale of sales.list({ limit: 10_000 })) if (sale.state === "paid") sayPaid(sale);
payments.start();
sales.start();

async function sell(key: string): Promise<void> {
  const amountMsat = 20_000n;
  const order = { orderId: key, amountMsat, memo: key, party: "agent:b", service: "tea" } as const;
  const result = await sales.create({ ...order, expiryS: 86_400 });
  if (result.ok) say({ say: "order", key, bolt11: result.sale.bolt11 });
  else say({ say: "refused", key, code: result.code });
}
async function send({ key, bolt11 }: SenderTask["sends"][number]): Promise<void> {
  const result = await payments.send({
    ...{ key, bolt11, maxFeeMsat: task.maxFeeMsat, party: "owner", purpose: "payment" },
    ...{ note: "", origin: { from: "person", who: "trial" } },
  });
  say(result.ok ? { say: "accepted", key } : { say: "refused", key, code: result.code });
  if (result.ok) await payments.settled(result.payment.id, new AbortController().signal);
}
// Before the first order is through there is nothing to spend: the books begin with it.
await Promise.all([...task.orders.map(sell), ...task.sends.map(send)]);
const left = payments.list({ limit: 10_000 }).filter((payment) => !isFinal(payment));
for (const { id } of left) await payments.settled(id, new AbortController().signal);
say({ say: "done" });
