import type { MoneyWorld } from "./money-world.ts";

const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);

/**
 * Every rule of the books over all rows: journals sum to zero, accounts are the sum of their
 * postings, held is the open holds, floors hold, the chain of hashes is whole. Slow.
 */
export function bookFaults({ books }: MoneyWorld): string[] {
  return books.ledger.verify().map((fault) => `${fault.kind}: ${fault.sentence}`);
}

/** What holds at every moment, also in the middle of a fault. Each fault is one sentence. */
export function lastingFaults({ books, parts, agents }: MoneyWorld): string[] {
  const faults: string[] = [];
  const payments = parts.payments.list({ limit: 1000 });
  const open = payments.filter((p) => p.state !== "succeeded" && p.state !== "failed");
  const holds = books.ledger.openHolds();
  if (holds.length !== open.length) faults.push(`${holds.length} holds, ${open.length} payments`);
  const parties = [...agents, "owner"];
  const heldMsat = sum(parties.map((party) => books.ledger.balance(`party:${party}`).heldMsat));
  const holdsMsat = sum(holds.map((hold) => hold.amountMsat));
  if (heldMsat !== holdsMsat) faults.push(`held ${heldMsat}, holds ${holdsMsat}`);
  for (const agent of agents) {
    const { availableMsat } = books.ledger.balance(`party:${agent}`);
    if (availableMsat < 0n) faults.push(`${agent} is below zero: ${availableMsat}`);
  }
  const succeeded = payments.filter((p) => p.state === "succeeded").map((p) => p.paymentHash);
  if (new Set(succeeded).size !== succeeded.length) faults.push("two successes of one hash");
  return faults;
}

export interface Outcome {
  readonly faults: readonly string[];
  /** Payments that left the fake and not the ledger, or the reverse; sales not credited. */
  readonly lost: number;
  /** Paid or credited more often or with another amount than the fake says. */
  readonly doubled: number;
}

/** What holds when everything has ended: ledger and fake agree on each payment, sale and msat. */
export async function finalFaults(world: MoneyWorld): Promise<Outcome> {
  const { fake, books, parts, reconciler, during } = world;
  const faults = [...bookFaults(world), ...lastingFaults(world)];
  let lost = 0;
  let doubled = fake.node.payees.doublePaid();
  const payments = parts.payments.list({ limit: 1000 });
  const succeeded = payments.filter((p) => p.state === "succeeded");
  const sent = fake.node.payments.list().filter((one) => one.status === "SUCCEEDED");
  for (const one of sent) {
    const mine = succeeded.find((p) => p.paymentHash === one.hash);
    if (mine === undefined) lost++;
    else if (mine.feeMsat !== one.feeMsat || mine.amountMsat !== one.valueMsat) doubled++;
  }
  const sales = parts.sales.list({ limit: 1000 });
  for (const p of succeeded) {
    const inside = sales.some((sale) => sale.paymentHash === p.paymentHash);
    if (!inside && !sent.some((one) => one.hash === p.paymentHash)) lost++;
  }
  for (const invoice of fake.node.invoices.page(0n, 1000, false)) {
    const sale = sales.find((one) => one.paymentHash === invoice.hash);
    const circular = sent.some((one) => one.hash === invoice.hash);
    if (circular) continue;
    if (invoice.state === "SETTLED" && sale?.state !== "paid") lost++;
    if (invoice.state === "SETTLED" && sale?.paidMsat !== invoice.paidMsat) doubled++;
  }
  const nodeMsat = fake.node.channels.localMsat() + fake.node.channels.unsettledMsat();
  const hotMsat = books.ledger.balance("asset:ln-hot").postedMsat;
  const inflightMsat = books.ledger.balance("asset:ln-inflight").postedMsat;
  if (inflightMsat !== 0n) faults.push(`in flight ${inflightMsat} msat`);
  const { ok, differences } = await during(reconciler.run());
  if (!ok) faults.push(...differences.map((one) => `${one.kind}: ${one.sentence}`));
  const nowMsat = books.ledger.balance("asset:ln-hot").postedMsat;
  if (nowMsat !== nodeMsat) faults.push(`hot ${hotMsat} then ${nowMsat}, node ${nodeMsat} msat`);
  if (fake.node.imbalanceMsat() !== 0n) faults.push("the fake itself is out of balance");
  return { faults, lost, doubled };
}
