import { type Attack, agent, got, type Lab, sat } from "./attack-lab.ts";

/** Things that are no amount, as JSON, a form or a program might carry them. */
const noAmounts: readonly unknown[] = [
  ...[0, -1, 1.5, -0.5, 1e-9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, Number.MAX_VALUE],
  ...[-1n, 2n ** 63n, 2n ** 64n, 2n ** 128n, -(2n ** 63n), 21_000_000n * 10n ** 11n + 1n],
  ...["", " ", "-5", "+5", "5.0", "5,0", "1e9", "0x10", "0b1", "1_000", "5n", " 5", "5 ", "5\n"],
  ...["NaN", "Infinity", "null", "٥٠٠٠", "１０００", "9".repeat(20), "-0", "5\u0000"],
  ...[null, undefined, true, false, {}, [], [5], { valueOf: () => 5 }, () => 5, Symbol.iterator],
];
const nameOf = (value: unknown) =>
  typeof value === "object" ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
const isZero = (value: unknown) => value === 0 || value === 0n || value === "0";

const amounts: readonly Attack[] = noAmounts.flatMap((value): Attack[] => [
  {
    family: "amount",
    name: `a withdrawal of ${nameOf(value)} to an address`,
    run: (lab) => got(lab.ask({ ...lab.toAddress, amountMsat: value as bigint })),
  },
  ...(isZero(value)
    ? []
    : [
        {
          family: "fee cap",
          name: `a fee cap of ${nameOf(value)}`,
          run: (lab: Lab) => got(lab.ask({ feeCapMsat: value as bigint })),
        },
      ]),
]);

/** A bech32 address that a person allowed, and what looks like it. */
const lookalikes: readonly [name: string, of: (allowed: string) => string][] = [
  ["mixed case", (a) => `${a.slice(0, 20)}${a.slice(20).toUpperCase()}`],
  ["a Cyrillic letter", (a) => a.replace("c", "с")],
  ["a Greek letter", (a) => a.replace("r", "г")],
  ["full-width letters", (a) => a.replace("b", "ｂ")],
  ["a zero-width space", (a) => `${a.slice(0, 9)}\u200b${a.slice(9)}`],
  ["a soft hyphen", (a) => `${a}\u00ad`],
  ["a right-to-left override", (a) => `\u202e${a}`],
  ["a trailing newline", (a) => `${a}\n`],
  ["a trailing space", (a) => `${a} `],
  ["a leading space", (a) => ` ${a}`],
  ["a NUL and more", (a) => `${a}\u0000x`],
  ["a URI", (a) => `bitcoin:${a}`],
  ["a URI with an amount", (a) => `bitcoin:${a}?amount=1`],
  ["percent signs", (a) => a.replace("q", "%71")],
  ["the last letter cut off", (a) => a.slice(0, -1)],
  ["a letter more", (a) => `${a}q`],
  ["one letter changed", (a) => `${a.slice(0, -1)}${a.endsWith("q") ? "p" : "q"}`],
  ["two addresses", (a) => `${a},${a}`],
  ["another network's prefix", (a) => a.replace("bcrt1", "tb1")],
  ["the prefix alone", () => "bcrt1"],
  ["an object", (a) => ({ toString: () => a }) as unknown as string],
  ["a list", (a) => [a] as unknown as string],
];
const destinations: readonly Attack[] = lookalikes.map(([name, of]) => ({
  family: "destination",
  name: `an address like the allowed one, with ${name}`,
  run(lab) {
    const allowed = lab.world.address("home");
    lab.world.treasury().setPolicy({ allow: [allowed] }, lab.anna.factor());
    const over = { ...lab.toAddress, amountMsat: 5_000n * sat, feeCapMsat: 50n * sat };
    return got(lab.ask({ ...over, destination: of(allowed) }));
  },
}));

/** What is done to an invoice of a payee that a person allowed. */
const invoiceTricks: readonly [name: string, of: (invoice: string) => string][] = [
  ["a letter changed", (i) => i.replace(/.$/, (c) => (c === "q" ? "p" : "q"))],
  ["its amount changed", (i) => i.replace(/^lnbcrt\d+/, "lnbcrt1")],
  ["another network", (i) => i.replace(/^lnbcrt/, "lnbc")],
  ["mixed case", (i) => i.replace(/....$/, (c) => c.toUpperCase())],
  ["a Cyrillic letter", (i) => i.replace(/c/g, "с")],
  ["its end cut off", (i) => i.slice(0, -30)],
  ["twice itself", (i) => i + i],
  ["a space inside", (i) => `${i.slice(0, 40)} ${i.slice(40)}`],
  ["ten kilobytes after it", (i) => i + "q".repeat(10_000)],
  ["no data", () => "lnbcrt1"],
];
const invoices: readonly Attack[] = invoiceTricks.map(([name, of]) => ({
  family: "destination",
  name: `an invoice with ${name}`,
  run: (lab) => got(lab.ask({ destination: of(lab.invoice(60_000n * sat).destination) })),
}));

const spoofs: readonly string[] = [
  ...["", " ", "owner", "anna", "person:", "person:Anna", "PERSON:anna", "person:anna ", "agent:"],
  ...[
    "session:",
    "timmy ",
    "Timmy",
    "system",
    "root",
    "agent:forge ",
    "agent:forge\n",
    "аgent:forge",
  ],
  ...["agent:other", "agent:forge,agent:other", "agent:*", "__proto__", "agent:\u0000", "timmy"],
];
const requesters: readonly Attack[] = spoofs.map((requestedBy) => ({
  family: "requester",
  name: `asks as ${JSON.stringify(requestedBy)} for the account of forge`,
  run: (lab) => got(lab.ask({ party: agent, requestedBy: requestedBy as "timmy" })),
}));
const accounts: readonly Attack[] = [
  ...["owner", "agent:other", "asset:ln-hot", "income:routing", "agent:FORGE", "", "suspense"],
  ...["agent:forge'--", "party:owner", "agent:forge\u0000"],
].map((party) => ({
  family: "requester",
  name: `forge asks for the account ${JSON.stringify(party)}`,
  run: (lab) => got(lab.ask({ party: party as typeof agent })),
}));

/** Requests that are made of other kinds than a stranger may make. */
const kinds: readonly Attack[] = ["sweep", "channel", "auto", "", "Withdrawal", "__proto__"].map(
  (kind) => ({
    family: "kind",
    name: `asks for a ${JSON.stringify(kind)}, of which only the fee is held`,
    run: (lab) => got(lab.ask({ ...lab.toAddress, kind: kind as "payment" })),
  }),
);
const held: readonly Attack[] = [
  {
    family: "hold",
    name: "asks ten times for what is there once",
    run(lab) {
      const over = { ...lab.invoice(400_000n * sat) };
      const results = Array.from({ length: 10 }, () => lab.ask(over));
      return results.filter((result) => result.ok).length > 1 ? "more was held than there is" : "";
    },
  },
  {
    family: "hold",
    name: "asks with a key that another request has, for more",
    run(lab) {
      lab.ask({ key: "same" });
      return got(lab.ask({ key: "same", ...lab.invoice(400_000n * sat) }));
    },
  },
  {
    family: "hold",
    name: "fills the desk until nobody sees the one that matters",
    run(lab) {
      const small = () => ({ ...lab.invoice(1n * sat), feeCapMsat: 0n });
      const results = Array.from({ length: 40 }, () => lab.ask(small()));
      return results.filter((result) => result.ok).length > 20 ? "the desk is full of one" : "";
    },
  },
];

export const asks: readonly Attack[] = [
  ...amounts,
  ...destinations,
  ...invoices,
  ...requesters,
  ...accounts,
  ...kinds,
  ...held,
];
