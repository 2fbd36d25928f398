import { createChainExecution } from "./chain-execution.ts";
import { createChannelExecution } from "./channel-execution.ts";
import type { ExecutionPorts, Way } from "./execution-way.ts";
import { createInvoiceExecution } from "./invoice-execution.ts";
import { stepRequest } from "./request-machine.ts";
import type { RequestRow } from "./request-store.ts";

/** Carries out what was let through or approved, once, through any number of crashes. */
export interface Execution {
  /** Everything that is not at its end, one after the other. */
  run(): Promise<void>;
  /** Begins nothing more; settles when what was begun has ended. */
  stop(): Promise<void>;
}

export function createExecution(ports: ExecutionPorts): Execution {
  const { books, gate, requests, desk, alarms } = ports;
  const invoice = createInvoiceExecution(ports);
  const chain = createChainExecution(ports);
  const channel = createChannelExecution(ports);
  const wayOf = (row: RequestRow): Way =>
    row.destination_kind === "invoice" ? invoice : row.kind === "channel" ? channel : chain;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  /** The last look before anything leaves: the approval must be for this very row. */
  function begin(id: string): RequestRow | null {
    return books.write(() => {
      const row = requests.get(id);
      if (row === null) return null;
      const begun = stepRequest(row.state, "execute");
      if (begun === null && row.state !== "executing") return null;
      if (requests.allowing(row) === null) {
        // What is on its way already may have left: then its hold stays, and a person looks.
        if (begun !== null) desk.close(row, "void", "approval-changed");
        alarms.add("approval-changed", `Request ${id} is not the one that was approved.`);
        return null;
      }
      if (gate.paused()) return null;
      if (begun !== null) requests.update(id, { state: begun });
      return requests.get(id);
    });
  }
  async function one(id: string): Promise<void> {
    try {
      const row = requests.get(id);
      if (row?.state === "sent") return await wayOf(row).follow(row);
      const begun = begin(id);
      if (begun !== null) await wayOf(begun).send(begun);
    } catch (error) {
      alarms.fault(`Request ${id} could not be carried out.`, error);
    }
  }
  async function all(): Promise<void> {
    do {
      again = false;
      const expired = desk.expire();
      const open = requests.inState("auto", "approved", "executing", "sent");
      for (const { id } of open) {
        if (stopped) return;
        await one(id);
      }
      if (expired + open.length > 0) ports.onChange();
    } while (again && !stopped);
  }
  return {
    run() {
      again = true;
      running ??= all().finally(() => {
        running = null;
      });
      return running;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
