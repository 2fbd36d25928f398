import type { Time } from "@timmy/shared/ports/time";
import type { FakeNode } from "./fake-node.ts";
import type { Fault } from "./faults.ts";
import type { SendOrder } from "./node-payments.ts";
import { Refusal } from "./refusal.ts";

/** A request that arrived, of which the fake says that it does not know it yet. */
interface LatePayment {
  readonly order: SendOrder;
  readonly fault: Fault;
  lookups: number;
}

/** Between the arrival of a request and its first write lnd answers NOT_FOUND to all who ask. */
export function createLatePayments({ payments }: FakeNode, time: Time) {
  const late = new Map<string, LatePayment>();
  /** A late payment is written down after all; what lnd would refuse by now is dropped. */
  function settle(hash: string): void {
    const pending = late.get(hash);
    if (!late.delete(hash) || pending === undefined) return;
    try {
      payments.run(payments.begin(pending.order), pending.fault);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return {
    settle,
    keep(hash: string, order: SendOrder, fault: Fault, wait: NonNullable<Fault["late"]>): void {
      late.set(hash, { order, fault, lookups: wait.lookups });
      time.timers.after("fake-lnd: late payment", wait.ms, () => settle(hash));
    },
    lookUp(hash: string): void {
      const pending = late.get(hash);
      if (pending === undefined) return;
      if (pending.lookups === 0) settle(hash);
      else pending.lookups--;
    },
  };
}
