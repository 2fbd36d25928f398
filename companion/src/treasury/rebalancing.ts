import { createHash } from "node:crypto";
import type { MakeId } from "@timmy/shared/ids";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { Forward, LightningBackend } from "../lightning/backend.ts";
import type { Payment, Payments, SendRequest } from "../payments/port.ts";
import type { KeyRing } from "./key-file.ts";
import {
  dayMs,
  forwardPage,
  maxForwards,
  rebalanceEarnedDays,
  rebalanceExpiryS,
  windowMs,
} from "./limits.ts";
import type { Marks } from "./marks.ts";
import { isPassing, type NodeCall } from "./node-call.ts";
import { planRebalance } from "./rebalance-plan.ts";
import { createRebalanceRows, type RebalanceRow, toTry } from "./rebalance-rows.ts";
import type { TreasuryGate } from "./spending-gate.ts";

export interface RebalancingPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly gate: TreasuryGate;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly marks: Marks;
  readonly call: NodeCall;
  readonly makeId: MakeId;
}
export interface Rebalancing {
  run(): Promise<void>;
  /** What it last said. */
  note(): string;
}
const noteMark = "rebalancing";
const earnedMs = rebalanceEarnedDays * dayMs;

async function forwardsSince(ports: RebalancingPorts, sinceS: number): Promise<Forward[]> {
  const all: Forward[] = [];
  while (all.length < maxForwards) {
    const at = { sinceS, offset: all.length, limit: forwardPage };
    const page = await ports.call((signal) => ports.backend.forwards(at, signal));
    all.push(...page);
    if (page.length < forwardPage) break;
  }
  return all;
}

/** The invoice of a row: its preimage comes from the id, so that asking again changes nothing. */
async function invoiceOf(ports: RebalancingPorts, row: RebalanceRow): Promise<string> {
  const secret = Buffer.from(ports.keys.seal("rebalance preimage", row.id), "hex");
  const preimage = new Uint8Array(createHash("sha256").update(secret).digest());
  const wish = { preimage, amountMsat: row.amount_msat, memo: "timmy rebalances" };
  const invoice = await ports.call((signal) =>
    ports.backend.createInvoice({ ...wish, expiryS: rebalanceExpiryS }, signal),
  );
  return invoice.bolt11;
}

const sendOf = (row: RebalanceRow, bolt11: string): SendRequest => ({
  key: `rebalance:${row.id}`,
  bolt11,
  maxFeeMsat: row.max_fee_msat,
  party: "owner",
  purpose: "rebalance",
  note: `${row.from_channel} to ${row.to_channel}`,
  origin: { from: "record", record: `rebalance:${row.id}` },
  circular: { outgoingChannelId: row.from_channel, lastHopPubkey: row.last_hop },
});

/** One circular payment at a time, written down before it is made, through the payments' protocol. */
export function createRebalancing(ports: RebalancingPorts): Rebalancing {
  const { backend, payments, gate, clock, marks, call, makeId } = ports;
  const rows = createRebalanceRows({ ...ports, elapsed: gate.elapsed });
  const say = (text: string) => {
    if (marks.get(noteMark) !== text) marks.set(noteMark, text);
  };
  function end(row: RebalanceRow, feeMsat: bigint | null, outcome: string): void {
    rows.end(row.id, feeMsat === null ? "failed" : "done", feeMsat ?? 0n, outcome);
    say(outcome);
  }
  function settle(row: RebalanceRow, payment: Payment): void {
    if (payment.state === "succeeded") {
      end(row, payment.feeMsat ?? 0n, `done: ${row.amount_msat / 1000n} sat moved`);
    } else if (payment.state === "failed") {
      end(row, null, payment.reason === "no-route" ? "infeasible: no cycle" : payment.reason);
    }
  }
  async function carryOn(row: RebalanceRow): Promise<void> {
    const known = row.payment_id === "" ? null : payments.get(row.payment_id);
    if (known !== null) return settle(row, known);
    const sent = await payments.send(sendOf(row, await invoiceOf(ports, row)));
    if (!sent.ok) {
      if (!isPassing(sent.code)) end(row, null, sent.code);
      return;
    }
    rows.paysBy(row.id, sent.payment.id);
    settle(row, payments.get(sent.payment.id) ?? sent.payment);
  }
  async function plan(): Promise<void> {
    const policy = gate.store.policy();
    if (policy === null || gate.paused()) return;
    const channels = await call((signal) => backend.channels(signal));
    const nowMs = gate.elapsed.nowMs();
    const tries = rows.since(nowMs - earnedMs).map(toTry);
    const spent = tries
      .filter((past) => past.atMs > nowMs - windowMs.day)
      .reduce((sum, past) => sum + past.feeMsat, 0n);
    const sinceS = Math.floor((clock.wallMs() - earnedMs) / 1000);
    const answer = planRebalance({
      ...{ channels, tries, nowMs },
      forwards: await forwardsSince(ports, sinceS),
      budgetMsat: policy.rebalanceDayMsat - spent,
    });
    if (!answer.ok) return say(answer.reason);
    rows.begin(makeId(), answer.plan);
    const row = rows.running();
    if (row !== null) await carryOn(row);
  }
  return {
    async run() {
      const row = rows.running();
      if (row === null) await plan();
      else await carryOn(row);
    },
    note: () => marks.get(noteMark) ?? "",
  };
}
