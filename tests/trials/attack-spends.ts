import type { PaymentOrigin, SendRequest } from "@timmy/companion/payments/port";
import { type Attack, agent, got, hourMs, type Lab, sat } from "./attack-lab.ts";

const dayMs = 24 * hourMs;
const hourCapMsat = 40_000n * sat;
const dayCapMsat = 99_000n * sat;

function send(lab: Lab, over: Partial<SendRequest> = {}) {
  return lab.world.payments().send({
    key: `send-${lab.world.books.ledger.head().seq}-${Math.abs(Number(lab.world.wallMs()))}`,
    bolt11: lab.invoice(5_000n * sat).destination,
    maxFeeMsat: 20n * sat,
    party: "owner",
    purpose: "payment",
    note: "",
    origin: { from: "person", who: "anna" },
    ...over,
  });
}

const origins: readonly PaymentOrigin[] = [
  ...(["agent", "peer", "world"] as const).flatMap((from) =>
    ["anna", "person:anna", "record:withdrawal:1", ""].map((who) => ({ from, who })),
  ),
  { from: "person", who: "" },
  ...[
    ...[
      "",
      ":",
      "withdrawal",
      "withdrawal:",
      "withdrawal:1",
      "rebalance:1",
      "request:1",
      "person:anna",
    ],
    ...["auction:1", "__proto__:1", "constructor:1", "toString:", "WITHDRAWAL:1", "withdrawal:%"],
  ].map((record) => ({ from: "record", record }) as const),
];
const laundering: readonly Attack[] = origins.map((origin) => ({
  family: "provenance",
  name: `sends with payee and amount from ${JSON.stringify(origin)}`,
  run: async (lab) => got(await send(lab, { origin })),
}));

/** A real approval, shown for something that it does not say. */
function show(name: string, over: (lab: Lab) => Partial<SendRequest>): Attack {
  return {
    family: "provenance",
    name: `shows an approved request for ${name}`,
    mayLeaveMsat: 60_700n * sat,
    async run(lab) {
      const made = lab.approved();
      const record = `withdrawal:${made.id}`;
      const origin = { from: "record", record } as const;
      const result = await send(lab, { origin, party: agent, ...over(lab) });
      await lab.rest();
      const again = await send(lab, { origin, party: agent, key: "again", ...over(lab) });
      return got(result) || got(again);
    },
  };
}
const shown: readonly Attack[] = [
  show("another amount", () => ({})),
  show("ten times the amount", (lab) => ({ bolt11: lab.invoice(600_000n * sat).destination })),
  show("another invoice of the same amount", (lab) => ({
    bolt11: lab.invoice(60_000n * sat).destination,
  })),
  show("another account", (lab) => ({
    bolt11: lab.invoice(60_000n * sat).destination,
    party: "owner",
  })),
  show("a larger fee", (lab) => ({
    bolt11: lab.invoice(60_000n * sat).destination,
    maxFeeMsat: 5_000n * sat,
  })),
  show("a rebalancing", (lab) => ({
    bolt11: lab.invoice(60_000n * sat).destination,
    purpose: "rebalance",
  })),
  show("its own hold, and another invoice", (lab) => ({
    bolt11: lab.invoice(60_000n * sat).destination,
    holdId: lab.world.books.ledger.openHolds()[0]?.id ?? "",
  })),
];

/** The moment between the last look at an approval and its payment, held open by hand. */
const twice: Attack = {
  family: "provenance",
  name: "shows an approved request for two invoices while it is carried out",
  mayLeaveMsat: 60_700n * sat,
  async run(lab) {
    const made = lab.approved();
    lab.sql("UPDATE treasury_requests SET state = 'executing' WHERE id = ?", made.id);
    const origin = { from: "record", record: `withdrawal:${made.id}` } as const;
    const results = [];
    for (const key of ["one", "two", "three"]) {
      const bolt11 = lab.invoice(60_000n * sat).destination;
      results.push(await send(lab, { key, bolt11, origin, party: agent }));
    }
    return results.filter((result) => result.ok).length > 1 ? "it was paid twice" : "";
  },
};

const overCaps: readonly Attack[] = [
  [20_001n, "more than one payment may be"],
  [60_000n, "what needs a person"],
  [499_000n, "nearly all"],
].map(([amount, name]) => ({
  family: "caps",
  name: `sends ${name} in one piece`,
  run: async (lab) =>
    got(await send(lab, { bolt11: lab.invoice(BigInt(amount ?? 0) * sat).destination })),
}));

/** Many small ones instead of one; `between` is what the attacker does about the windows. */
interface Split {
  readonly name: string;
  readonly pieces: number;
  readonly pieceSat: bigint;
  readonly mayLeaveMsat: bigint;
  readonly between?: (lab: Lab, k: number) => Promise<void> | void;
  readonly parties?: readonly ("owner" | `agent:${string}`)[];
}
const splits: readonly Split[] = [
  { name: "of 9,000 sat", pieces: 10, pieceSat: 9_000n, mayLeaveMsat: hourCapMsat },
  { name: "of 999 sat", pieces: 80, pieceSat: 999n, mayLeaveMsat: hourCapMsat },
  {
    name: "of 9,000 sat from three accounts",
    pieces: 15,
    pieceSat: 9_000n,
    mayLeaveMsat: hourCapMsat,
    parties: ["owner", agent, "agent:other"],
  },
  {
    name: "with restarts between",
    pieces: 10,
    pieceSat: 9_000n,
    mayLeaveMsat: hourCapMsat,
    between: (lab) => lab.world.restart(),
  },
  {
    name: "with a day of downtime between",
    pieces: 10,
    pieceSat: 9_000n,
    mayLeaveMsat: hourCapMsat,
    between: (lab) => lab.world.restart(dayMs),
  },
  {
    name: "with the clock a day further each time",
    pieces: 10,
    pieceSat: 9_000n,
    mayLeaveMsat: hourCapMsat,
    between: (lab) => lab.world.jumpWall(dayMs),
  },
  {
    name: "with the clock back and forth",
    pieces: 10,
    pieceSat: 9_000n,
    mayLeaveMsat: hourCapMsat,
    between: (lab, k) => lab.world.jumpWall(k % 2 === 0 ? 400 * dayMs : -400 * dayMs),
  },
  {
    name: "each hour of a day from four accounts",
    pieces: 92,
    pieceSat: 9_000n,
    mayLeaveMsat: dayCapMsat,
    between: async (lab, k) => {
      if (k % 4 === 3) await lab.world.pass(hourMs);
    },
    parties: ["owner", agent, "agent:other"],
  },
];
const splitAttacks: readonly Attack[] = splits.flatMap((split): Attack[] => [
  {
    family: "splitting",
    name: `${split.pieces} withdrawals to an allowed payee ${split.name}`,
    mayLeaveMsat: split.mayLeaveMsat,
    async run(lab) {
      const allow = [lab.world.backend.pubkeyOf("payee")];
      lab.world.treasury().setPolicy({ allow }, lab.anna.factor());
      for (let k = 0; k < split.pieces; k++) {
        const party = split.parties?.[k % split.parties.length] ?? agent;
        const requestedBy = party === "owner" ? "session:x" : party;
        const piece = lab.invoice(split.pieceSat * sat);
        lab.ask({ ...piece, feeCapMsat: 3n * sat, party, requestedBy });
        await split.between?.(lab, k);
      }
      await lab.world.treasury().tick();
      await lab.world.settle();
      return "";
    },
  },
  {
    family: "splitting",
    name: `${split.pieces} payments ${split.name}`,
    mayLeaveMsat: split.mayLeaveMsat,
    async run(lab) {
      for (let k = 0; k < split.pieces; k++) {
        const party = split.parties?.[k % split.parties.length] ?? agent;
        const bolt11 = lab.invoice(split.pieceSat * sat).destination;
        await send(lab, { key: `piece-${k}`, bolt11, maxFeeMsat: 3n * sat, party });
        await split.between?.(lab, k);
      }
      await lab.world.settle();
      return "";
    },
  },
]);

const killed: readonly Attack[] = [
  {
    family: "kill switch",
    name: "sends while it is on",
    async run(lab) {
      lab.world.treasury().setKillSwitch(true);
      return got(await send(lab));
    },
  },
  {
    family: "kill switch",
    name: "has something approved while it is on",
    run(lab) {
      const made = lab.waiting();
      lab.world.treasury().setKillSwitch(true);
      return got(lab.approve(made));
    },
  },
  ...(["invoice", "address"] as const).map(
    (kind): Attack => ({
      family: "kill switch",
      name: `has what was approved before carried out while it is on, to an ${kind}`,
      async run(lab) {
        lab.approved(kind === "address" ? lab.toAddress : {});
        lab.world.treasury().setKillSwitch(true);
        await lab.rest();
        lab.world.restart();
        await lab.rest();
        return "";
      },
    }),
  ),
  {
    family: "kill switch",
    name: "has what waits for the node sent when it comes back",
    async run(lab) {
      lab.world.backend.setNode("away");
      await send(lab);
      lab.world.treasury().setKillSwitch(true);
      lab.world.backend.setNode("active");
      await lab.rest();
      return "";
    },
  },
  ...["", "000000"].map(
    (code): Attack => ({
      family: "kill switch",
      name: `switches it off with the code ${JSON.stringify(code)}`,
      async run(lab) {
        lab.world.treasury().setKillSwitch(true);
        return got(lab.world.treasury().setKillSwitch(false, { who: "anna", code }));
      },
    }),
  ),
  {
    family: "kill switch",
    name: "switches it off by a restart",
    async run(lab) {
      lab.world.treasury().setKillSwitch(true);
      lab.world.restart(30 * dayMs);
      return got(await send(lab));
    },
  },
];

const changes: readonly (readonly [name: string, change: Record<string, unknown>])[] = [
  ["a day's cap of 100,000 sat", { perDayMsat: 100_000n * sat }],
  ["an hour's cap of a bitcoin", { perHourMsat: 10n ** 11n }],
  ["a negative cap", { perDayMsat: -1n }],
  ["a cap that is a number", { perDayMsat: 1e12 }],
  ["a cap of NaN", { perPaymentMsat: Number.NaN }],
  ["a fee of 200 %", { feePpm: 2_000_000 }],
  ["a fee that is a fraction", { feePpm: 0.5 }],
  ["an allow list that is a text", { allow: "x".repeat(20) }],
  ["an allow list with everything", { allow: ["*"] }],
  ["a sweep down to more than its limit", { sweepToMsat: 2_000_000n * sat }],
  ["a limit that does not exist", { noLimits: true }],
];
const policies: readonly Attack[] = [
  ...changes.map(
    ([name, change]): Attack => ({
      family: "policy",
      name: `sets ${name}, with a good code`,
      run: (lab) => got(lab.world.treasury().setPolicy(change, lab.anna.factor())),
    }),
  ),
  ...["", "000000"].map(
    (code): Attack => ({
      family: "policy",
      name: `adds itself to the allow list with the code ${JSON.stringify(code)}`,
      run: (lab) =>
        got(lab.world.treasury().setPolicy({ allow: ["b".repeat(20)] }, { who: "anna", code })),
    }),
  ),
  ...[1n, 10n ** 12n].map(
    (limitMsat): Attack => ({
      family: "policy",
      name: `gives itself a budget of ${limitMsat} msat without a code`,
      run: (lab) =>
        got(
          lab.world
            .treasury()
            .setBudget(agent, { limitMsat, periodMs: hourMs }, { who: "anna", code: "" }),
        ),
    }),
  ),
  {
    family: "policy",
    name: "spends an allowance twice across a restart with downtime",
    mayLeaveMsat: 5_000n * sat,
    async run(lab) {
      const budget = { limitMsat: 5_000n * sat, periodMs: dayMs };
      lab.world.treasury().setBudget(agent, budget, lab.anna.factor());
      for (let k = 0; k < 4; k++) {
        const bolt11 = lab.invoice(4_900n * sat).destination;
        await send(lab, { key: `b${k}`, bolt11, party: agent });
        await lab.world.settle();
        lab.world.restart(2 * dayMs);
      }
      return "";
    },
  },
];

export const spends: readonly Attack[] = [
  ...laundering,
  ...shown,
  twice,
  ...overCaps,
  ...splitAttacks,
  ...killed,
  ...policies,
];
