import type { LightningBackend } from "@timmy/companion/lightning/backend";
import { createRandom } from "@timmy/shared/ports/random";
import { bookFaults, finalFaults, lastingFaults } from "../fake-lnd/money-invariants.ts";
import { runScript, settleAll } from "../fake-lnd/money-script.ts";
import { createMoneyWorld, type Wrap } from "../fake-lnd/money-world.ts";
import type { Trial, TrialOptions, TrialResult } from "./trial.ts";

/** Planted: NOT_FOUND is taken as proof that nothing left. */
const refundOnNotFound: Wrap = (backend) => ({
  ...backend,
  async trackPayment(hash, follow) {
    const outcome = await backend.trackPayment(hash, follow);
    return outcome.state === "not-found" ? { state: "failed", reason: "error" } : outcome;
  },
});
/** Planted: what is not known is taken as failed. */
const silenceIsFailure: Wrap = (backend: LightningBackend) => ({
  ...backend,
  async payInvoice(request, follow) {
    const outcome = await backend.payInvoice(request, follow);
    return outcome.state === "unknown" ? { state: "failed", reason: "timeout" } : outcome;
  },
});
const asItIs: Wrap = (backend) => backend;

interface Totals {
  scripts: number;
  payments: number;
  succeeded: number;
  sales: number;
  calls: number;
  /** Calls that met a fault. */
  faulty: number;
  lost: number;
  doubled: number;
  faults: number;
}

/** Scripts that share one fake and one set of books, each beginning where the last one ended. */
const batch = 8;

/** Runs a batch of scripts; answers what was wrong, in sentences, and stops at the first of it. */
async function runBatch(
  seed: number,
  count: number,
  wrap: Wrap,
  totals: Totals,
  kinds: Set<string>,
): Promise<readonly string[]> {
  const random = createRandom(seed);
  const world = await createMoneyWorld(Date.now(), random, wrap);
  const found: string[] = [];
  try {
    for (let k = 0; k < count && found.length === 0; k++) {
      await runScript(world, `script ${k}`, random, () => {
        found.push(...lastingFaults(world));
        if (random.uniform() < 0.1) found.push(...bookFaults(world));
      });
      if (!(await settleAll(world, random))) found.push("a payment never ended");
      const { faults, lost, doubled } = await finalFaults(world);
      found.push(...faults);
      totals.lost += lost;
      totals.doubled += doubled;
      totals.scripts++;
      if (lost + doubled > 0) found.push(`lost ${lost}, doubled ${doubled}`);
    }
    const payments = world.parts.payments.list({ limit: 1000 });
    const sales = world.parts.sales.list({ limit: 1000 });
    totals.payments += payments.length;
    totals.succeeded += payments.filter((p) => p.state === "succeeded").length;
    totals.sales += sales.filter((s) => s.state === "paid").length;
    totals.calls += world.fake.seen.length;
    for (const [name, times] of world.fake.script.met()) {
      kinds.add(name);
      totals.faulty += times;
    }
  } finally {
    await world.stop();
  }
  totals.faults += found.length;
  return found;
}

/** Each batch has a seed of its own, which is told when it goes wrong. */
async function run({ n, seed, plant, onDone }: TrialOptions): Promise<TrialResult> {
  const totals: Totals = {
    ...{ scripts: 0, payments: 0, succeeded: 0, sales: 0 },
    ...{ calls: 0, faulty: 0 },
    ...{ lost: 0, doubled: 0, faults: 0 },
  };
  const kinds = new Set<string>();
  let firstFault = "";
  for (let k = 0; k * batch < n; k++) {
    onDone?.(k * batch);
    const own = seed * 1_000_003 + k;
    const wrap = !plant ? asItIs : k % 2 === 0 ? refundOnNotFound : silenceIsFailure;
    const [fault] = await runBatch(own, Math.min(batch, n - k * batch), wrap, totals, kinds);
    if (fault !== undefined && firstFault === "") firstFault = `batch of seed ${own}: ${fault}`;
  }
  const pass = totals.lost + totals.doubled + totals.faults === 0;
  return { pass, figures: { ...totals, kindsOfFaults: kinds.size, firstFault } };
}

export const trial: Trial = {
  title: "Scripts of LND's faults: what left and what came is what the ledger says",
  defaultN: 1000,
  run,
};
