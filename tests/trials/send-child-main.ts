import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { openBooks } from "@timmy/companion/ledger/books";
import { deposit } from "@timmy/companion/ledger/books-fixture";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import { createPayments } from "@timmy/companion/payments/payments";
import type { Payment, SpendingGate } from "@timmy/companion/payments/port";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createFastTime } from "./fast-time.ts";
import { createRemoteNode } from "./node-link.ts";
import type { SenderSays, SenderTask } from "./send-kill.ts";
import { breakable, createPoint } from "./step-points.ts";

/** The process that pays and dies: it sends what it is told to, and says what it knows. */
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
deposit(opened, "agent:a", task.fundedMsat, "fund");
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
const payments = createPayments({
  ...{ books, time, gate, logger: createMemoryLogger(), makeId: () => randomUUID() },
  backend: { ...mock, ...createRemoteNode(point) },
});
const isFinal = ({ state }: Payment) => state === "succeeded" || state === "failed";
const sayFinal = ({ key, state }: Payment) => say({ say: "final", key, state });
payments.onChange((payment) => {
  point();
  if (isFinal(payment)) sayFinal(payment);
});
payments.start();
await Promise.all(
  task.sends.map(async ({ key, bolt11 }) => {
    const result = await payments.send({
      ...{ key, bolt11, maxFeeMsat: task.maxFeeMsat, party: "agent:a", purpose: "payment" },
      ...{ note: "", origin: { from: "person", who: "trial" } },
    });
    say(result.ok ? { say: "accepted", key } : { say: "refused", key, code: result.code });
    if (!result.ok) return;
    sayFinal(await payments.settled(result.payment.id, new AbortController().signal));
  }),
);
const left = payments.list({ limit: 10_000 }).filter((payment) => !isFinal(payment));
const never = new AbortController().signal;
for (const { id } of left) await payments.settled(id, never);
say({ say: "done" });
