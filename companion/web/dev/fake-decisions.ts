import type { ApprovalView, LndView, MarketView } from "@timmy/shared/money/views";
import { fakeHex, fakeInvoice, fakePubkey, sat } from "./fake-books.ts";

const minute = 60_000;
const day = 86_400_000;

/** What waits for a person and what was decided; pretended, like all in this folder. */
const asked = (now: number) => ({
  requested_by: "agent:timmy",
  destination_new: true,
  digest: fakeHex(77, 32),
  requested_ms: now - 9 * minute,
  expires_ms: now + 7 * day - 9 * minute,
  decided_ms: null,
  decided_by: "",
  outcome: "",
});

export const fakeApprovals = (now: number): ApprovalView[] => [...waiting(now), ...decided(now)];

function waiting(now: number): ApprovalView[] {
  const base = asked(now);
  return [
    {
      ...base,
      id: "w7",
      kind: "withdrawal",
      state: "pending",
      why: "A second battery pack, ordered at the robot shop",
      amount_msat: sat(52_000),
      fee_cap_msat: sat(265),
      destination: fakeInvoice(4, 52_000),
      destination_kind: "invoice",
    },
    {
      ...base,
      id: "w6",
      kind: "sweep",
      state: "pending",
      requested_by: "timmy",
      why: "Warm holds 1 100 000 sat; above 1 000 000 it goes down to 250 000",
      amount_msat: sat(850_000),
      fee_cap_msat: sat(4_200),
      destination: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
      destination_kind: "address",
      destination_new: false,
      expires_ms: now + 38 * minute,
    },
  ];
}

function decided(now: number): ApprovalView[] {
  const base = asked(now);
  const done = { decided_ms: now - 26 * 60 * minute, decided_by: "person:owner" };
  return [
    {
      ...base,
      ...done,
      id: "w5",
      kind: "withdrawal",
      state: "confirmed",
      requested_by: "person:owner",
      why: "Rent of the workshop",
      amount_msat: sat(120_000),
      fee_cap_msat: sat(605),
      destination: fakeInvoice(2, 120_000),
      destination_kind: "invoice",
      outcome: "Paid with a fee of 12 sat.",
    },
    {
      ...base,
      ...done,
      id: "w4",
      kind: "payment",
      state: "rejected",
      why: "Somebody on the street said so",
      amount_msat: sat(20_000),
      fee_cap_msat: sat(105),
      destination: fakeInvoice(3, 20_000),
      destination_kind: "invoice",
    },
    {
      ...base,
      id: "w3",
      kind: "channel",
      state: "expired",
      why: "A channel to the market",
      amount_msat: sat(250_000),
      fee_cap_msat: sat(1_500),
      destination: fakePubkey(3),
      destination_kind: "node",
      outcome: "Nobody decided within seven days; the hold was released.",
    },
  ];
}

export const fakeLnd = (configured: boolean, locked: boolean): LndView => ({
  configured,
  address: configured ? "10.0.0.5:10009" : "",
  pubkey: configured ? fakePubkey(1) : "",
  fingerprint: configured ? fakeHex(12, 32) : "",
  locked,
  rights: configured
    ? [
        { name: "earn", methods: ["/lnrpc.Lightning/AddInvoice", "/lnrpc.Lightning/ListInvoices"] },
        { name: "spend", methods: ["/routerrpc.Router/SendPaymentV2"] },
        { name: "sweep", methods: ["/walletrpc.WalletKit/FundPsbt"] },
      ]
    : [],
});

export function fakeMarket(now: number): MarketView {
  const bid = (bidder: string, price: number, bond: number, score: number, leftOut = "") => ({
    bidder,
    price_msat: sat(price),
    bond_msat: sat(bond),
    score,
    left_out: leftOut,
  });
  return {
    auctions: [
      {
        id: "a2",
        at_ms: now - 20 * minute,
        task: "Water the plants in the living room",
        state: "awarded",
        winner: "agent:gardener",
        price_msat: sat(180),
        bond_msat: sat(90),
        outcome: "",
        bids: [
          bid("agent:gardener", 180, 90, 0.91),
          bid("agent:timmy", 150, 75, 0.74),
          bid("agent:cook", 90, 5000, 0, "its balance does not cover the bond"),
        ],
      },
      {
        id: "a1",
        at_ms: now - 3 * 60 * minute,
        task: "Paint the fence",
        state: "closed",
        winner: "",
        price_msat: sat(0),
        bond_msat: sat(0),
        outcome: "no bid could be taken",
        bids: [],
      },
    ],
  };
}
