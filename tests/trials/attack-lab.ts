import type { AskResult, Decision, WithdrawalAsk } from "@timmy/companion/treasury/port";
import {
  createTreasuryWorld,
  type TestPerson,
  type TreasuryWorld,
  type WorldOptions,
} from "@timmy/companion/treasury/treasury-fixture";
import type { ApprovalView } from "@timmy/shared/money/views";

export const sat = 1000n;
export const hourMs = 3_600_000;
export const agent = "agent:forge" as const;

/** What an attacker may use: everything but the key file, the authenticator and the node. */
export interface Lab {
  readonly world: TreasuryWorld;
  readonly anna: TestPerson;
  ask(over?: Partial<WithdrawalAsk>): AskResult;
  /** A request that waits for a person. */
  waiting(over?: Partial<WithdrawalAsk>): ApprovalView;
  /** A request that a person approved, as it was. */
  approved(over?: Partial<WithdrawalAsk>): ApprovalView;
  approve(made: ApprovalView, over?: Partial<Decision>): AskResult;
  /** A withdrawal to an address instead of an invoice. */
  readonly toAddress: Partial<WithdrawalAsk>;
  invoice(amountMsat: bigint): Pick<WithdrawalAsk, "amountMsat" | "destination">;
  /** Writes into the books as somebody with the file would; the triggers are in force. */
  sql(text: string, ...values: readonly (string | bigint)[]): void;
  /** The same without the triggers of a table, which stand again afterwards, as if nothing was. */
  raw(table: string, text: string, ...values: readonly (string | bigint)[]): void;
  /** All that can happen by itself happens. */
  rest(): Promise<void>;
  /** What has left us, by the network's own account. */
  leftMsat(): bigint;
}
export interface Attack {
  readonly family: string;
  readonly name: string;
  /** What may leave all the same, fees included: what a person approved or the policy allows. */
  readonly mayLeaveMsat?: bigint;
  readonly options?: WorldOptions;
  /** Answers what the attacker got, or nothing when everything was refused. */
  run(lab: Lab): Promise<string> | string;
}

/** What an answer gives away: nothing when it is a refusal. */
export const got = (
  result: { readonly ok: true } | { readonly ok: false; readonly code: string },
): string => (result.ok ? "it was accepted" : "");
/** A write that the database itself refuses, or takes and somebody else notices. */
export function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // A trigger said no; whatever follows goes on without it.
  }
}

type Backend = TreasuryWorld["backend"];
/** Sees each transaction that goes out to the network, and counts it once. */
function watchChain(mock: Backend): { readonly backend: Backend; readonly leftMsat: () => bigint } {
  let chainMsat = 0n;
  const made = new Map<string, bigint>();
  const backend: Backend = {
    ...mock,
    async fundSweep(wish, signal) {
      const signed = await mock.fundSweep(wish, signal);
      made.set(signed.rawHex, wish.amountSat * sat + signed.feeMsat);
      return signed;
    },
    async publishTransaction(rawHex, label, signal) {
      await mock.publishTransaction(rawHex, label, signal);
      chainMsat += made.get(rawHex) ?? 0n;
      made.set(rawHex, 0n);
    },
  };
  return { backend, leftMsat: () => chainMsat };
}

function writeRaw(
  { sql }: TreasuryWorld["books"],
  table: string,
  text: string,
  values: readonly (string | bigint)[],
): void {
  const triggers = sql.all<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
    table,
  );
  for (const { name } of triggers) sql.run(`DROP TRIGGER ${name}`);
  try {
    sql.run(text, ...values);
  } finally {
    for (const trigger of triggers) sql.run(trigger.sql);
  }
}

export function openLab(options: WorldOptions): Lab & { close(): Promise<void> } {
  let chainMsat = () => 0n;
  const funds = { owner: 1_000_000n * sat, [agent]: 500_000n * sat, "agent:other": 300_000n * sat };
  const world = createTreasuryWorld({
    funds,
    ...options,
    backend(mock) {
      const watched = watchChain(mock);
      chainMsat = watched.leftMsat;
      return options.backend?.(watched.backend) ?? watched.backend;
    },
  });
  const anna = world.enrol("anna");
  let keys = 0;
  const invoice = (amountMsat: bigint) => ({
    amountMsat,
    destination: world.backend.makeForeignInvoice(amountMsat, "attack", 30 * 86_400),
  });
  const ask = (over: Partial<WithdrawalAsk> = {}) =>
    world.treasury().requestWithdrawal({
      key: `attack-${++keys}`,
      party: agent,
      ...invoice(60_000n * sat),
      feeCapMsat: 700n * sat,
      why: "parts",
      requestedBy: agent,
      ...over,
    });
  function waiting(over: Partial<WithdrawalAsk> = {}): ApprovalView {
    const result = ask(over);
    if (!result.ok) throw new Error(`The lab's own request was refused: ${result.code}`);
    return result.approval;
  }
  const approve = (one: ApprovalView, over: Partial<Decision> = {}) =>
    world.treasury().approve(one.id, { digest: one.digest, ...anna.factor(), ...over });
  return {
    world,
    anna,
    ask,
    waiting,
    approve,
    invoice,
    approved(over = {}) {
      const one = waiting(over);
      const result = approve(one);
      if (!result.ok) throw new Error(`The lab's own approval was refused: ${result.code}`);
      return result.approval;
    },
    toAddress: {
      amountMsat: 50_000n * sat,
      destination: world.address("home"),
      feeCapMsat: 5_000n * sat,
    },
    sql: (text, ...values) => void world.books.sql.run(text, ...values),
    raw: (table, text, ...values) => writeRaw(world.books, table, text, values),
    async rest() {
      for (let k = 0; k < 3; k++) {
        await world.treasury().tick();
        await world.pass(31_000);
      }
    },
    leftMsat: () => world.backend.sentMsat() + chainMsat(),
    close: () => world.close(),
  };
}
