import { createHash } from "node:crypto";
import type { MakeId } from "@timmy/shared/ids";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { Forward, LightningBackend } from "../lightning/backend.ts";
import type { Payment, Payments } from "../payments/port.ts";
import type { KeyRing } from "./key-file.ts";
import { dayMs, maxForwards, rebalanceEarnedDays, rebalanceExpiryS, windowMs } from "./limits.ts";
import type { Marks } from "./marks.ts";
import { isPassing, type NodeCall } from "./node-call.ts";
import { planRebalance, type RebalancePlan, type RebalanceTry } from "./rebalance-plan.ts";
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
interface Row {
  readonly id: string;
  readonly at_elapsed_ms: bigint;
  readonly from_channel: string;
  readonly to_channel: string;
  readonly last_hop: string;
  readonly amount_msat: bigint;
  readonly max_fee_msat: bigint;
  readonly state: RebalanceTry["state"];
  readonly payment_id: string;
  readonly bolt11: string;
  readonly fee_msat: bigint | null;
}

const noteMark = "rebalancing";
const earnedMs = rebalanceEarnedDays * dayMs;

const toTry = (row: Row): RebalanceTry => ({
  fromChannel: row.from_channel,
  toChannel: row.to_channel,
  atMs: Number(row.at_elapsed_ms),
  state: row.state,
  // What is on its way may cost its whole cap.
  feeMsat: row.fee_msat ?? (row.state === "running" ? row.max_fee_msat : 0n),
});

export function createRebalancing(ports: RebalancingPorts): Rebalancing {
  const { books, backend, payments, gate, keys, clock, marks, call, makeId } = ports;
  const { sql } = books;
  const say = (text: string) => {
    if (marks.get(noteMark) !== text) marks.set(noteMark, text);
  };
  const rowsSince = (fromMs: number) =>
    sql.all<Row>(
      "SELECT * FROM treasury_rebalances WHERE at_elapsed_ms >= ? ORDER BY at_elapsed_ms, rowid",
      BigInt(Math.max(0, fromMs)),
    );
  const running = () =>
    sql.get<Row>(
      "SELECT * FROM treasury_rebalances WHERE state = 'running' ORDER BY rowid LIMIT 1",
    );

  function end(id: string, state: "done" | "failed", feeMsat: bigint, outcome: string): void {
    books.write(() => {
      sql.run(
        "UPDATE treasury_rebalances SET state = ?, fee_msat = ?, outcome = ? WHERE id = ?",
        state,
        feeMsat,
        outcome,
        id,
      );
    });
    say(outcome);
  }
  function settle(row: Row, payment: Payment): void {
    if (payment.state === "succeeded") {
      end(row.id, "done", payment.feeMsat ?? 0n, `done: ${row.amount_msat / 1000n} sat moved`);
    } else if (payment.state === "failed") {
      const why = payment.reason === "no-route" ? "infeasible: no cycle" : payment.reason;
      end(row.id, "failed", 0n, why);
    }
  }
  async function forwardsSince(sinceS: number): Promise<readonly Forward[]> {
    const all: Forward[] = [];
    const limit = 1000;
    while (all.length < maxForwards) {
      const page = await call((signal) =>
        backend.forwards({ sinceS, offset: all.length, limit }, signal),
      );
      all.push(...page);
      if (page.length < limit) break;
    }
    return all;
  }
  function write(plan: RebalancePlan): string {
    const id = makeId();
    books.write(() => {
      sql.run(
        `INSERT INTO treasury_rebalances (id, at_ms, at_elapsed_ms, from_channel, to_channel,
           last_hop, amount_msat, max_fee_msat, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running')`,
        id,
        BigInt(Math.floor(clock.wallMs())),
        BigInt(gate.elapsed.keep()),
        plan.fromChannel,
        plan.toChannel,
        plan.lastHop,
        plan.amountMsat,
        plan.maxFeeMsat,
      );
    });
    return id;
  }
  /** Goes on from wherever it stands: the invoice's preimage comes from the id, so both repeat. */
  async function carryOn(row: Row): Promise<void> {
    const known = row.payment_id === "" ? null : payments.get(row.payment_id);
    if (known !== null) return settle(row, known);
    const secret = Buffer.from(keys.seal("rebalance preimage", row.id), "hex");
    const preimage = new Uint8Array(createHash("sha256").update(secret).digest());
    const invoice = await call((signal) =>
      backend.createInvoice(
        {
          preimage,
          amountMsat: row.amount_msat,
          memo: "timmy rebalances",
          expiryS: rebalanceExpiryS,
        },
        signal,
      ),
    );
    const sent = await payments.send({
      key: `rebalance:${row.id}`,
      bolt11: invoice.bolt11,
      maxFeeMsat: row.max_fee_msat,
      party: "owner",
      purpose: "rebalance",
      note: `${row.from_channel} to ${row.to_channel}`,
      origin: { from: "record", record: `rebalance:${row.id}` },
      circular: { outgoingChannelId: row.from_channel, lastHopPubkey: row.last_hop },
    });
    if (!sent.ok) {
      if (!isPassing(sent.code)) end(row.id, "failed", 0n, sent.code);
      return;
    }
    books.write(() => {
      sql.run(
        "UPDATE treasury_rebalances SET payment_id = ? WHERE id = ?",
        sent.payment.id,
        row.id,
      );
    });
    settle(row, payments.get(sent.payment.id) ?? sent.payment);
  }
  async function plan(): Promise<void> {
    const policy = gate.store.policy();
    if (policy === null || gate.paused()) return;
    const channels = await call((signal) => backend.channels(signal));
    const nowMs = gate.elapsed.nowMs();
    const tries = rowsSince(nowMs - earnedMs).map(toTry);
    const spent = tries
      .filter((past) => past.atMs > nowMs - windowMs.day)
      .reduce((sum, past) => sum + past.feeMsat, 0n);
    const sinceS = Math.floor((clock.wallMs() - earnedMs) / 1000);
    const answer = planRebalance({
      ...{ channels, tries, nowMs },
      forwards: await forwardsSince(sinceS),
      budgetMsat: policy.rebalanceDayMsat - spent,
    });
    if (!answer.ok) return say(answer.reason);
    write(answer.plan);
    const row = running();
    if (row !== null) await carryOn(row);
  }
  return {
    async run() {
      const row = running();
      if (row === null) await plan();
      else await carryOn(row);
    },
    note: () => marks.get(noteMark) ?? "",
  };
}
