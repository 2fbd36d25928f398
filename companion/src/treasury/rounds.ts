import type { Books } from "../ledger/port.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { Execution } from "./execution.ts";
import type { NodeSnapshot } from "./node-snapshot.ts";
import type { Rebalancing } from "./rebalancing.ts";
import type { TreasuryGate } from "./spending-gate.ts";

/** What comes round by itself. Nothing here rejects: a fault is an alarm, and the next round comes. */
export interface Rounds {
  /** Requests that may go on. */
  carryOut(): Promise<void>;
  /** All of it, one after the other; who calls meanwhile gets the round that runs. */
  tick(): Promise<void>;
  /** Whether the node is there; what waited for it goes on when it is back. */
  look(): Promise<void>;
  settled(): Promise<void>;
}

export function createRounds(ports: {
  readonly books: Books;
  readonly gate: TreasuryGate;
  readonly node: NodeSnapshot;
  readonly alarms: AlarmBook;
  readonly execution: Execution;
  readonly sweep: () => Promise<void>;
  readonly rebalancing: Rebalancing;
  readonly ended: AbortSignal;
  readonly tell: () => void;
}): Rounds {
  const { books, gate, node, alarms, execution, ended } = ports;
  let round: Promise<void> | null = null;
  let looking: Promise<void> | null = null;

  async function attempt(sentence: string, work: () => Promise<void>): Promise<void> {
    try {
      if (!ended.aborted) await work();
    } catch (error) {
      if (!ended.aborted) alarms.fault(sentence, error);
    }
  }
  const carryOut = () => attempt("Requests could not be carried out.", execution.run);
  async function goRound(): Promise<void> {
    await attempt("Elapsed time could not be kept.", async () => {
      books.write(() => gate.elapsed.keep());
    });
    await attempt("The node could not be read.", node.refresh);
    await carryOut();
    if (node.isActive()) {
      await attempt("The sweep could not be judged.", ports.sweep);
      await attempt("Rebalancing failed.", ports.rebalancing.run);
    }
    if (!ended.aborted) ports.tell();
  }
  const watch = () =>
    attempt("The node could not be asked.", async () => {
      if (!(await node.look()) || ended.aborted) return;
      ports.tell();
      if (node.isActive()) await carryOut();
    });
  return {
    carryOut,
    look() {
      looking ??= watch().finally(() => {
        looking = null;
      });
      return looking;
    },
    tick() {
      round ??= goRound().finally(() => {
        round = null;
      });
      return round;
    },
    async settled() {
      await looking;
      await round;
    },
  };
}
