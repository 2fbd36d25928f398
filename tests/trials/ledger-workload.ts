import { createHash } from "node:crypto";
import type { Books, Party } from "@timmy/companion/ledger/port";
import { partyAccount } from "@timmy/companion/ledger/port";
import { createRandom, type Random } from "@timmy/shared/ports/random";

const parties: readonly Party[] = ["owner", "agent:a", "agent:b", "agent:c"];
const pick = <T>(random: Random, all: readonly T[], otherwise: T): T =>
  all[Math.floor(random.uniform() * all.length)] ?? otherwise;

const base = { kind: "trial", actor: "timmy", note: "", reference: "", service: "tea" } as const;

/** A sale: four lines in one journal. */
function sell(books: Books, k: number, party: Party, amountMsat: bigint): void {
  const postings = [
    { account: "asset:ln-hot", amountMsat },
    { account: "income:service:tea", amountMsat: -amountMsat },
    { account: "expense:distributed", amountMsat },
    { account: partyAccount(party), amountMsat: -amountMsat },
  ];
  books.ledger.post({ ...base, key: `op-${k}`, party, postings });
}
function hold(books: Books, k: number, party: Party, amountMsat: bigint): void {
  books.ledger.hold({ id: `op-${k}`, party, amountMsat, purpose: "payment", reference: "" });
}
/** A payment that came through: its hold is given back and the money is gone, or neither. */
function settle(books: Books, k: number): void {
  const held = books.ledger.openHolds()[0];
  if (held === undefined || books.ledger.journal(`op-${k}`) !== null) return;
  const { party, amountMsat } = held;
  books.ledger.release(held.id);
  const postings = [
    { account: partyAccount(party), amountMsat },
    { account: "asset:ln-hot", amountMsat: -amountMsat },
  ];
  books.ledger.post({ ...base, key: `op-${k}`, party, reference: held.id, postings });
}

/** What a clock says during an operation: the chain of hashes is the same in every run. */
export const workloadClock = () => {
  let now = 0;
  return {
    wallMs: () => now,
    set(k: number): void {
      now = 1_000_000 + k;
    },
  };
};
export type WorkloadClock = ReturnType<typeof workloadClock>;

/**
 * Operation number k of a workload: the same for the same seed, whoever does it, and done again it
 * changes nothing. Settles when it is on disk. Planted "no-transaction": each step by itself.
 */
export async function operate(
  books: Books,
  clock: WorkloadClock,
  options: { readonly seed: number; readonly k: number; readonly plant?: string },
): Promise<void> {
  const { seed, k, plant = "" } = options;
  clock.set(k);
  const random = createRandom(seed).stream(`op ${k}`);
  const party = pick(random, parties, "owner");
  const amountMsat = BigInt(1 + Math.floor(random.uniform() * 5000));
  const what = random.uniform();
  if (what < 0.4) books.write(() => sell(books, k, party, amountMsat));
  else if (what < 0.65) books.write(() => hold(books, k, party, amountMsat));
  else if (what < 0.85) {
    if (plant === "no-transaction") settleInSteps(books, k);
    else books.write(() => settle(books, k));
  } else {
    const four = [0, 1, 2, 3].map((part) =>
      books.commit(() => sell(books, k + part / 10, party, amountMsat)),
    );
    await Promise.all(four);
  }
}

/** The planted fault: what belongs together is written in two transactions. */
function settleInSteps(books: Books, k: number): void {
  const held = books.ledger.openHolds()[0];
  if (held === undefined) return;
  books.write(() => books.ledger.release(held.id));
  const { party, amountMsat } = held;
  const postings = [
    { account: partyAccount(party), amountMsat },
    { account: "asset:ln-hot", amountMsat: -amountMsat },
  ];
  const entry = { ...base, key: `op-${k}`, party, reference: held.id, postings };
  books.write(() => books.ledger.post(entry));
}

/** All that the books say, as one hash. */
export function digestOf({ ledger }: Books): string {
  const all = [ledger.balances(), ledger.openHolds(), ledger.head()];
  const text = JSON.stringify(all, (_, v) => (typeof v === "bigint" ? `${v}` : v));
  return createHash("sha256").update(text).digest("hex");
}
