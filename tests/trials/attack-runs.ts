import type { LightningBackend } from "@timmy/companion/lightning/backend";
import { createSpendingGate } from "@timmy/companion/treasury/spending-gate";
import type { WorldOptions } from "@timmy/companion/treasury/treasury-fixture";
import { type Attack, agent, type Lab, sat } from "./attack-lab.ts";

const toInvoiceMsat = 60_700n * sat;
const toAddressMsat = 55_000n * sat;

type Call = "fundSweep" | "publishTransaction" | "payInvoice" | "trackPayment";
/** The process dies before or after the node has done what it was asked for, this many times. */
function dying(call: Call, when: "before" | "after", times: number): WorldOptions {
  let left = times;
  const wrap =
    <A extends readonly unknown[], R>(real: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const dies = left > 0;
      if (dies) left--;
      if (dies && when === "before") throw new RangeError("killed");
      const answer = await real(...args);
      if (dies) throw new RangeError("killed");
      return answer;
    };
  return {
    backend: (mock) => ({
      ...mock,
      fundSweep: call === "fundSweep" ? wrap(mock.fundSweep) : mock.fundSweep,
      publishTransaction:
        call === "publishTransaction" ? wrap(mock.publishTransaction) : mock.publishTransaction,
      payInvoice: call === "payInvoice" ? wrap(mock.payInvoice) : mock.payInvoice,
      trackPayment: call === "trackPayment" ? wrap(mock.trackPayment) : mock.trackPayment,
    }),
  };
}
const calls: readonly Call[] = ["fundSweep", "publishTransaction", "payInvoice", "trackPayment"];
const crashes: readonly Attack[] = calls.flatMap((call) =>
  (["before", "after"] as const).flatMap((when) =>
    [1, 2, 3].map((times): Attack => {
      const onChain = call === "fundSweep" || call === "publishTransaction";
      return {
        family: "crash",
        name: `dies ${when} ${call}, ${times} times, and pays once`,
        mayLeaveMsat: onChain ? toAddressMsat : toInvoiceMsat,
        options: dying(call, when, times),
        async run(lab) {
          lab.approved(onChain ? lab.toAddress : {});
          for (let k = 0; k <= times + 1; k++) {
            await lab.rest();
            lab.world.restart();
          }
          await lab.rest();
          return "";
        },
      };
    }),
  ),
);
/** Killed after each turn of the event loop of a run, from the first to the twelfth. */
const turns: readonly Attack[] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30].flatMap((count) =>
  (["invoice", "address"] as const).map(
    (kind): Attack => ({
      family: "crash",
      name: `dies ${count} turns after the approval, on its way to an ${kind}`,
      mayLeaveMsat: kind === "address" ? toAddressMsat : toInvoiceMsat,
      async run(lab) {
        lab.approved(kind === "address" ? lab.toAddress : {});
        for (let life = 0; life < 3; life++) {
          void lab.world.treasury().tick();
          for (let k = 0; k < count; k++) await new Promise((go) => setImmediate(go));
          lab.world.restart();
        }
        await lab.rest();
        return "";
      },
    }),
  ),
);

const races: readonly Attack[] = [
  {
    family: "race",
    name: "two tabs approve the same with two codes",
    mayLeaveMsat: toInvoiceMsat,
    async run(lab) {
      const made = lab.waiting();
      const results = [lab.approve(made), lab.approve(made)];
      await lab.rest();
      return results.filter((result) => result.ok).length > 1 ? "it was decided twice" : "";
    },
  },
  {
    family: "race",
    name: "two tabs approve two requests with one code",
    mayLeaveMsat: toInvoiceMsat,
    async run(lab) {
      const factor = lab.anna.factor();
      const results = [lab.waiting(), lab.waiting()].map((made) => lab.approve(made, factor));
      await lab.rest();
      return results.filter((result) => result.ok).length > 1 ? "one code decided twice" : "";
    },
  },
  {
    family: "race",
    name: "one tab denies while another approves",
    async run(lab) {
      const made = lab.waiting();
      lab.world.treasury().deny(made.id, { digest: made.digest, ...lab.anna.factor() });
      const late = lab.approve(made);
      await lab.rest();
      return late.ok ? "it was decided twice" : "";
    },
  },
  ...(["invoice", "address"] as const).flatMap((kind): Attack[] => [
    {
      family: "race",
      name: `twenty runs at once carry out one approval to an ${kind}`,
      mayLeaveMsat: kind === "address" ? toAddressMsat : toInvoiceMsat,
      async run(lab) {
        lab.approved(kind === "address" ? lab.toAddress : {});
        await Promise.all(Array.from({ length: 20 }, () => lab.world.treasury().tick()));
        await lab.rest();
        return "";
      },
    },
    {
      family: "race",
      name: `an old process and a new one carry out one approval to an ${kind}`,
      mayLeaveMsat: kind === "address" ? toAddressMsat : toInvoiceMsat,
      async run(lab) {
        const old = lab.world.treasury();
        lab.approved(kind === "address" ? lab.toAddress : {});
        lab.world.restart();
        await Promise.all([old.tick(), lab.world.treasury().tick(), old.tick()]);
        await lab.rest();
        await old.tick();
        return "";
      },
    },
  ]),
  {
    family: "race",
    name: "two requests for one invoice are both approved",
    mayLeaveMsat: toInvoiceMsat,
    async run(lab) {
      const same = lab.invoice(60_000n * sat);
      lab.approved(same);
      lab.approved(same);
      await lab.rest();
      return "";
    },
  },
  {
    family: "race",
    name: "a hundred requests with one key at once",
    run(lab) {
      const same = { key: "one", ...lab.invoice(1_000n * sat) };
      const ids = Array.from({ length: 100 }, () => lab.ask(same)).map((result) =>
        result.ok ? result.approval.id : "",
      );
      return new Set(ids).size > 1 ? "there is more than one" : "";
    },
  },
  {
    family: "race",
    name: "two processes fill one window at the same time",
    run(lab) {
      const { books, keys } = lab.world;
      const clock = { monotonicMs: () => 0, wallMs: lab.world.wallMs };
      const gates = [1, 2].map(() => createSpendingGate({ books, clock, keys }));
      let spentMsat = 0n;
      for (let k = 0; k < 20; k++) {
        const amountMsat = 9_000n * sat;
        const verdict = gates[k % 2]?.judge({
          ...{ reference: `r${k}`, party: agent, purpose: "payment", payee: "x", amountMsat },
          ...{ destination: "lnbcrt1", maxFeeMsat: 0n },
          origin: { from: "person", who: "anna" },
        });
        if (verdict?.ok === true) spentMsat += amountMsat;
      }
      return spentMsat > 40_000n * sat ? "the hour was counted twice" : "";
    },
  },
];

/** A node that does something else than what was approved. */
function lying(name: string, lie: (real: LightningBackend) => Partial<LightningBackend>): Attack {
  return {
    family: "node",
    name,
    options: { backend: (mock) => ({ ...mock, ...lie(mock) }) },
    async run(lab) {
      lab.approved(lab.toAddress);
      await lab.rest();
      return "";
    },
  };
}
const liars: readonly Attack[] = [
  lying("signs a transaction with a fee above the cap", (real) => ({
    async fundSweep(wish, signal) {
      return { ...(await real.fundSweep(wish, signal)), feeMsat: 9_000n * sat };
    },
  })),
  lying("signs a transaction with a negative fee", (real) => ({
    async fundSweep(wish, signal) {
      return { ...(await real.fundSweep(wish, signal)), feeMsat: -1n };
    },
  })),
];

/** What must work, or else the trial says nothing: each moves this much and no more. */
export const controls: readonly {
  name: string;
  leastMsat: bigint;
  run(lab: Lab): Promise<void>;
}[] = [
  {
    name: "an approved invoice is paid",
    leastMsat: 60_000n * sat,
    async run(lab) {
      lab.approved();
      await lab.rest();
    },
  },
  {
    name: "an approved address is paid",
    leastMsat: 50_000n * sat,
    async run(lab) {
      lab.approved(lab.toAddress);
      await lab.rest();
    },
  },
  {
    name: "a small withdrawal to an allowed payee leaves by itself",
    leastMsat: 9_000n * sat,
    async run(lab) {
      const allow = [lab.world.backend.pubkeyOf("payee")];
      lab.world.treasury().setPolicy({ allow }, lab.anna.factor());
      lab.ask({ ...lab.invoice(9_000n * sat), feeCapMsat: 20n * sat });
      await lab.rest();
    },
  },
];

export const runs: readonly Attack[] = [...crashes, ...turns, ...races, ...liars];
