import { createHash } from "node:crypto";
import { base32nopad, bech32 } from "@scure/base";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { createVirtualTime, type Time, type VirtualTime } from "@timmy/shared/ports/time";
import { openBooks } from "../ledger/books.ts";
import { deposit } from "../ledger/books-fixture.ts";
import type { Books, Party } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import { createMockBackend } from "../lightning/mock.ts";
import type { MockControls } from "../lightning/mock-controls.ts";
import { createPayments } from "../payments/payments.ts";
import type { Payments, Reconciliation, Sales } from "../payments/port.ts";
import { createSales } from "../payments/sales.ts";
import { createKeyRing, type KeyRing } from "./key-file.ts";
import type { Factor, Treasury } from "./port.ts";
import { createSpendingGate, type GateOptions, type TreasuryGate } from "./spending-gate.ts";
import { stepAt, totpCode } from "./totp.ts";
import { createTreasury } from "./treasury.ts";

/** A person with an authenticator, as the fixture plays them. */
export interface TestPerson {
  readonly who: string;
  /** A code that was not used yet; lets the clock go on by a step to get one. */
  factor(): Factor;
  secret(): Uint8Array;
}
/** The treasury on books in memory and the mock's network, and hands on its clock and power. */
export interface TreasuryWorld {
  readonly books: Books;
  readonly backend: LightningBackend & MockControls;
  readonly keys: KeyRing;
  readonly logger: ReturnType<typeof createMemoryLogger>;
  treasury(): Treasury;
  payments(): Payments;
  gate(): TreasuryGate;
  wallMs(): number;
  /** Both clocks go on, timers run, and what they began comes to rest. */
  pass(ms: number): Promise<void>;
  /** Only the wall clock jumps. */
  jumpWall(ms: number): void;
  /** The process dies without a word and starts again; meanwhile only the wall clock went on. */
  restart(downMs?: number): void;
  enrol(who: string): TestPerson;
  /** Everything that can go on without time has gone on. */
  settle(): Promise<void>;
  /** An address of a stranger on the mock's network. */
  address(name: string): string;
  close(): Promise<void>;
}
export interface WorldOptions {
  readonly seed?: number;
  readonly gate?: GateOptions;
  /** Wraps the ring: how a trial plants a hole. */
  readonly keys?: (ring: KeyRing) => KeyRing;
  readonly backend?: (backend: LightningBackend & MockControls) => LightningBackend & MockControls;
  readonly funds?: Readonly<Partial<Record<Party, bigint>>>;
}

const turns = 40;
const stepMs = 30_000;

interface Life {
  readonly virtual: VirtualTime;
  readonly payments: Payments;
  readonly sales: Sales;
  readonly gate: TreasuryGate;
  readonly treasury: Treasury;
}

const createBytes = (random: Random) => (count: number) =>
  Uint8Array.from({ length: count }, () => Math.floor(random.uniform() * 256));

function enrolPerson(
  treasury: Treasury,
  who: string,
  wallMs: () => number,
  nextStep: () => void,
): TestPerson {
  const enrolled = treasury.enrol(who);
  if (!enrolled.ok) throw new RangeError(enrolled.code);
  const text = new URL(enrolled.otpauthUri).searchParams.get("secret") ?? "";
  const secret = base32nopad.decode(text);
  const codeNow = () => totpCode(secret, stepAt(wallMs()));
  const confirmed = treasury.confirmEnrolment(who, codeNow());
  if (!confirmed.ok) throw new RangeError(confirmed.code);
  return {
    who,
    secret: () => secret,
    factor() {
      nextStep();
      return { who, code: codeNow() };
    },
  };
}

async function settle(): Promise<void> {
  for (let k = 0; k < turns; k++) await new Promise((resolve) => setImmediate(resolve));
}
function payIn(books: Books, funds: NonNullable<WorldOptions["funds"]>): void {
  for (const [party, amount] of Object.entries(funds)) {
    if (amount !== undefined) deposit(books, party as Party, amount);
  }
}

export function createTreasuryWorld(options: WorldOptions = {}): TreasuryWorld {
  const random = createRandom(options.seed ?? 1);
  const logger = createMemoryLogger();
  let jumpedMs = 0;
  let virtual = createVirtualTime({ startWallMs: Date.UTC(2026, 10, 22) });
  const clock = {
    monotonicMs: () => virtual.clock.monotonicMs(),
    wallMs: () => virtual.clock.wallMs() + jumpedMs,
  };
  const randomBytes = createBytes(random.stream("bytes"));
  const ring = createKeyRing(randomBytes(32));
  const keys = options.keys?.(ring) ?? ring;
  const makeId = createIds(clock, random.stream("ids"));
  const books = openBooks({ path: ":memory:", clock });
  const mock = createMockBackend({ clock, random });
  const backend = options.backend?.(mock) ?? mock;

  function live(): Life {
    const now = virtual;
    // A dead process's timers must not see the new one's time.
    const time: Time = {
      timers: now.timers,
      clock: { monotonicMs: now.clock.monotonicMs, wallMs: clock.wallMs },
    };
    const gate = createSpendingGate({ books, clock: time.clock, keys }, options.gate);
    const payments = createPayments({ books, backend, time, logger, gate, makeId });
    const sales = createSales({ books, backend, time, logger, payments });
    const proof = (): Reconciliation | null => null;
    const shared = { books, backend, payments, sales, gate, time, makeId, logger, keys, proof };
    const treasury = createTreasury({ ...shared, randomBytes });
    payments.start();
    return { virtual: now, payments, sales, gate, treasury };
  }
  payIn(books, options.funds ?? { owner: 2_000_000_000n });
  let life = live();
  const world: TreasuryWorld = {
    ...{ books, backend, keys, logger, settle },
    treasury: () => life.treasury,
    payments: () => life.payments,
    gate: () => life.gate,
    wallMs: clock.wallMs,
    async pass(ms) {
      virtual.advanceTo(virtual.clock.monotonicMs() + ms);
      await settle();
    },
    jumpWall(ms) {
      jumpedMs += ms;
    },
    restart(downMs = 0) {
      void life.payments.stop();
      virtual = createVirtualTime({ startWallMs: virtual.clock.wallMs() + downMs });
      life = live();
    },
    enrol: (who) =>
      enrolPerson(life.treasury, who, clock.wallMs, () => {
        virtual.advanceTo(virtual.clock.monotonicMs() + stepMs);
      }),
    address: regtestAddress,
    async close() {
      await life.treasury.stop();
      await life.payments.stop();
      await backend.close();
      books.close();
    },
  };
  return world;
}

/** P2WPKH on regtest, whose key nobody has. */
function regtestAddress(name: string): string {
  const program = createHash("sha256").update(name).digest().subarray(0, 20);
  return bech32.encode("bcrt", [0, ...bech32.toWords(new Uint8Array(program))]);
}
