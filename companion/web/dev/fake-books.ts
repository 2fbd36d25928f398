import type {
  EarningsView,
  JournalsView,
  PaymentsView,
  TreasuryView,
} from "@timmy/shared/money/views";

/** Pretended money for looking at the page; nothing in it was ever paid. */
export const sat = (amount: number): string => String(Math.round(amount * 1000));
const minute = 60_000;
const day = 86_400_000;
export const fakeHex = (seed: number, bytes: number): string =>
  Array.from({ length: bytes }, (_, at) =>
    ((seed * 31 + at * 73 + 17) % 256).toString(16).padStart(2, "0"),
  ).join("");
const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const bech = (seed: number, length: number): string =>
  Array.from({ length }, (_, at) => letters[(seed * 7 + at * at * 5 + at * 11) % 32]).join("");

export const fakeInvoice = (seed: number, amountSat: number): string =>
  `lnbcrt${amountSat * 10}n1p${bech(seed, 290)}`;
export const fakePubkey = (seed: number): string => `02${fakeHex(seed, 32)}`;

export function fakeBackend(
  kind: TreasuryView["backend"]["kind"],
  state: TreasuryView["backend"]["state"],
  now: number,
): TreasuryView["backend"] {
  const sentences = {
    active: "",
    locked: "The node's wallet is locked. Unlock it on the node: lncli unlock.",
    starting: "The node is starting and has not caught up with the chain yet.",
    away: "The node at 10.0.0.5:10009 does not answer. Check that it runs and is reachable.",
    refused: "The node has another identity than the one that was connected. All sends stopped.",
    "vault-locked": "The vault with the node's credentials is locked.",
  } as const;
  const lnd = kind === "lnd";
  return {
    kind,
    state,
    sentence: kind === "none" ? "" : sentences[state],
    alias: lnd ? "home-node" : "",
    pubkey: lnd ? fakePubkey(1) : "",
    network: kind === "none" ? "" : "regtest",
    version: lnd ? "0.21.2-beta" : "",
    since_ms: now - 12 * minute,
  };
}

const nothing = sat(0);

export function fakeTreasury(now: number, empty: boolean): TreasuryView {
  const full = (amount: number): string => (empty ? nothing : sat(amount));
  return {
    backend: fakeBackend("mock", "active", now),
    tiers: {
      hot: {
        balance_msat: full(412_350.25),
        inflight_msat: full(2_100),
        reserved_msat: full(6_940),
        day_cap_msat: sat(100_000),
        day_spent_msat: full(37_400),
      },
      warm: {
        confirmed_msat: full(843_120),
        unconfirmed_msat: full(15_000),
        reserve_msat: sat(20_000),
        sweep_at_msat: sat(1_000_000),
        sweep_to_msat: sat(250_000),
      },
      cold: { balance_msat: full(2_500_000), descriptor: !empty, confirmed: !empty },
    },
    parties: empty ? [] : fakeParties,
    channels: empty ? [] : fakeChannels,
    approvals_waiting: 0,
    approver_enrolled: true,
    kill_switch: false,
    alarms: [],
    proof: empty ? null : { at_ms: now - 4 * minute, ok: true, differences: [] },
    policy: {
      per_payment_msat: sat(10_000),
      per_hour_msat: sat(25_000),
      per_day_msat: sat(100_000),
      per_party_day_msat: sat(20_000),
      fee_base_msat: sat(5),
      fee_ppm: 5000,
      allow: empty ? [] : [fakePubkey(5), "bcrt1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"],
    },
  };
}

const party = (
  id: string,
  name: string,
  posted: number,
  held: number,
  earned: number,
): TreasuryView["parties"][number] => ({
  party: id,
  name,
  posted_msat: sat(posted),
  held_msat: sat(held),
  available_msat: sat(posted - held),
  earned_day_msat: sat(earned),
  budget: null,
});
const fakeParties: TreasuryView["parties"] = [
  party("owner", "Owner", 3_590_120, 52_100, 0),
  {
    ...party("agent:timmy", "Timmy", 128_450.25, 2_100, 4_310),
    budget: {
      limit_msat: sat(20_000),
      spent_msat: sat(14_200),
      period_ms: day,
      renews_in_ms: 5 * 60 * minute,
    },
  },
  party("agent:cook", "Cook", 41_900, 0, 1_250),
];

const channel = (
  id: string,
  alias: string,
  capacity: number,
  local: number,
  note: string,
): TreasuryView["channels"][number] => ({
  id,
  peer_alias: alias,
  peer_pubkey: fakePubkey(id.length + capacity),
  capacity_msat: sat(capacity),
  local_msat: sat(local),
  remote_msat: sat(capacity - local - 970),
  reserve_msat: sat(capacity / 100),
  active: true,
  note,
});
const fakeChannels: TreasuryView["channels"] = [
  channel("118x1x0", "office", 500_000, 262_000, "balanced"),
  channel("120x3x1", "market-square", 250_000, 221_400, "too full: a circular payment is tried"),
  {
    ...channel("131x1x0", "", 100_000, 12_300, "too empty: no cycle leads back here"),
    active: false,
  },
];

export function fakeEarnings(now: number, empty: boolean): EarningsView {
  const days = Array.from({ length: 30 }, (_, at) => {
    const weight = [3, 5, 2, 8, 6, 0, 1][at % 7] ?? 1;
    const earn = (who: string, service: string, amount: number) => ({
      party: who,
      service,
      amount_msat: sat(amount * weight),
    });
    const isBusy = !empty && weight > 0;
    return {
      day: new Date(now - (29 - at) * day).toISOString().slice(0, 10),
      earned: isBusy
        ? [
            earn("agent:timmy", "patrol", 620 + at * 13),
            earn("agent:cook", "recipes", 250),
            ...(at > 14 ? [earn("agent:gardener", "watering", 110)] : []),
          ]
        : [],
      costs: isBusy ? [{ kind: "payment-fee", amount_msat: sat(weight) }] : [],
    };
  });
  const total = (amount: number): string => (empty ? nothing : sat(amount));
  return {
    days,
    totals: {
      earned_msat: total(132_930),
      payment_fees_msat: total(107),
      chain_fees_msat: total(2_240),
      rebalance_msat: total(88.5),
      routing_earned_msat: total(412.031),
    },
  };
}

const plainPayment = {
  fee_msat: null,
  max_fee_msat: null,
  party: "agent:timmy",
  note: "",
  counterparty: "",
  reason: "",
};

export function fakePayments(now: number): PaymentsView["payments"] {
  return [
    {
      ...plainPayment,
      id: "p6",
      at_ms: now - 2 * minute,
      direction: "out",
      state: "inflight",
      amount_msat: sat(2_000),
      max_fee_msat: sat(15),
      purpose: "payment",
      note: "weather for tomorrow",
      counterparty: fakePubkey(5),
    },
    {
      ...plainPayment,
      id: "p5",
      at_ms: now - 14 * minute,
      direction: "in",
      state: "paid",
      amount_msat: sat(1_250),
      purpose: "patrol",
    },
    {
      ...plainPayment,
      id: "p4",
      at_ms: now - 55 * minute,
      direction: "out",
      state: "unknown",
      amount_msat: sat(100),
      max_fee_msat: sat(5),
      purpose: "payment",
      note: "map tiles",
      counterparty: fakePubkey(9),
      reason: "The node went away before it answered. The amount stays held until it is known.",
    },
    {
      ...plainPayment,
      id: "p3",
      at_ms: now - 3 * 60 * minute,
      direction: "out",
      state: "failed",
      amount_msat: sat(9_000),
      max_fee_msat: sat(46),
      purpose: "withdrawal",
      party: "owner",
      counterparty: fakePubkey(7),
      reason: "No route within the fee cap. Nothing was spent.",
    },
    {
      ...plainPayment,
      id: "p2",
      at_ms: now - day,
      direction: "out",
      state: "succeeded",
      amount_msat: sat(4_500),
      fee_msat: "1021",
      max_fee_msat: sat(25),
      purpose: "payment",
      note: "spare wheel",
      counterparty: fakePubkey(3),
    },
  ];
}

export function fakeJournals(now: number, count: number): JournalsView["journals"] {
  return Array.from({ length: count }, (_, at) => {
    const seq = count - at;
    const amount = 50 + ((seq * 37) % 900);
    const sale = {
      kind: "sale",
      actor: "timmy",
      note: "",
      reference: `order-${seq}`,
      party: "agent:timmy",
      service: "patrol",
      postings: [
        { account: "asset:ln-hot", amount_msat: sat(amount) },
        { account: "income:service:patrol", amount_msat: sat(-amount) },
        { account: "expense:distributed", amount_msat: sat(amount) },
        { account: "party:agent:timmy", amount_msat: sat(-amount) },
      ],
    };
    const sent = {
      kind: "payment-sent",
      actor: "agent:timmy",
      note: "weather for tomorrow",
      reference: `payment-${seq}`,
      party: "agent:timmy",
      service: "",
      postings: [
        { account: "asset:ln-inflight", amount_msat: sat(amount) },
        { account: "asset:ln-hot", amount_msat: sat(-amount) },
      ],
    };
    const entry = seq % 3 === 0 ? sent : sale;
    return { seq, at_ms: now - at * 11 * minute, hash: fakeHex(seq, 32), ...entry };
  });
}
