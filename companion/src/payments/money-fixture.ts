import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { openBooks } from "../ledger/books.ts";
import { type Books, type Party, partyAccount } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import { createMockBackend } from "../lightning/mock.ts";
import { createPayments } from "./payments.ts";
import type { Payment, SendRequest, Spend, SpendingGate } from "./port.ts";
import { createReconciler } from "./reconciler.ts";
import { createSales } from "./sales.ts";

/** A gate that lets everything pass until it is told otherwise, and remembers. */
export function createOpenGate() {
  const spends = new Map<string, Spend>();
  const knobs = { refuse: false, paused: false };
  const gate: SpendingGate = {
    judge(spend) {
      if (knobs.refuse) return { ok: false, code: "over-cap", details: "" };
      spends.set(spend.reference, spend);
      return { ok: true };
    },
    undo: (reference) => void spends.delete(reference),
    paused: () => knobs.paused,
  };
  return { gate, spends, knobs };
}

/** Books in memory and the mock's network on virtual time, with everything of this folder on them. */
export function createMoneyFixture(seed = 1) {
  const time = createVirtualTime();
  const random = createRandom(seed);
  const logger = createMemoryLogger();
  const mock = createMockBackend({ clock: time.clock, random: random.stream("mock") });
  const books = openBooks({ path: ":memory:", clock: time.clock });
  const open = createOpenGate();
  const makeId = createIds(time.clock, random.stream("ids"));
  const base = { time, logger, makeId, gate: open.gate };
  const make = (backend: LightningBackend = mock, on: Books = books) =>
    createPayments({ ...base, backend, books: on });
  const ports = { books, backend: mock, time, logger };

  /** Lets everything that waits for nothing but a turn of the loop happen. */
  async function turns(count = 12): Promise<void> {
    for (let k = 0; k < count; k++) await new Promise((resolve) => setImmediate(resolve));
  }
  /** Moves the time in small steps, with turns between, until something is true. */
  async function until(what: () => boolean, stepMs = 50, mostMs = 600_000): Promise<void> {
    const endMs = time.clock.monotonicMs() + mostMs;
    for (await turns(); !what(); await turns(4)) {
      if (time.clock.monotonicMs() >= endMs) throw new Error(`not within ${mostMs} ms: ${what}`);
      time.advanceTo(time.clock.monotonicMs() + stepMs);
    }
  }
  return {
    ...{ time, logger, mock, books, ports, makePayments: make, turns, until },
    ...{ gate: open.gate, spends: open.spends, knobs: open.knobs },
    sales: createSales(ports),
    reconciler: createReconciler(ports),
    ledger: books.ledger,
    balance: (account: string) => books.ledger.balance(account).postedMsat,
    party: (party: Party) => books.ledger.balance(partyAccount(party)),
    /** Gives a party money that stands in the channels. */
    fund(party: Party, amountMsat: bigint): void {
      books.write(() => {
        books.ledger.post({
          ...{ key: `fund:${party}`, kind: "fund", actor: "person:test", note: "", reference: "" },
          ...{ party, service: "" },
          postings: [
            { account: "asset:ln-hot", amountMsat },
            { account: partyAccount(party), amountMsat: -amountMsat },
          ],
        });
      });
    },
    request(bolt11: string, more: Partial<SendRequest> = {}): SendRequest {
      return {
        ...{ key: `key-${bolt11.slice(-40)}`, bolt11, maxFeeMsat: 10_000n, party: "agent:a" },
        ...{ purpose: "payment", note: "", origin: { from: "person", who: "test" } },
        ...more,
      };
    },
  };
}
export type MoneyFixture = ReturnType<typeof createMoneyFixture>;

/** Every rule of the books, and those of payments: what is held, and one success for a hash. */
export function faultsOf(books: Books, payments: readonly Payment[]): readonly string[] {
  const faults = books.ledger.verify().map((fault) => fault.sentence);
  const inflight = payments.filter((p) => ["sending", "inflight", "unknown"].includes(p.state));
  const sum = inflight.reduce((all, p) => all + p.amountMsat + p.maxFeeMsat, 0n);
  const { postedMsat } = books.ledger.balance("asset:ln-inflight");
  if (postedMsat !== sum) faults.push(`in flight ${postedMsat}, by payments ${sum}`);
  const open = payments.filter((p) => p.state !== "succeeded" && p.state !== "failed");
  const holds = books.ledger.openHolds();
  if (holds.length !== open.length) faults.push(`${holds.length} holds, ${open.length} payments`);
  const live = payments.filter((p) => p.state !== "failed").map((p) => p.paymentHash);
  if (new Set(live).size !== live.length) faults.push("two payments of one hash");
  return faults;
}
