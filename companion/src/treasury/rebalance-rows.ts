import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { ElapsedTime } from "./elapsed-time.ts";
import type { RebalancePlan, RebalanceTry } from "./rebalance-plan.ts";

export interface RebalanceRow {
  readonly id: string;
  readonly at_elapsed_ms: bigint;
  readonly from_channel: string;
  readonly to_channel: string;
  readonly last_hop: string;
  readonly amount_msat: bigint;
  readonly max_fee_msat: bigint;
  readonly state: RebalanceTry["state"];
  readonly payment_id: string;
  readonly fee_msat: bigint | null;
}

export const toTry = (row: RebalanceRow): RebalanceTry => ({
  fromChannel: row.from_channel,
  toChannel: row.to_channel,
  atMs: Number(row.at_elapsed_ms),
  state: row.state,
  // What is on its way may cost its whole cap.
  feeMsat: row.fee_msat ?? (row.state === "running" ? row.max_fee_msat : 0n),
});

/** The attempts of the past and the one that runs. */
export interface RebalanceRows {
  since(fromElapsedMs: number): readonly RebalanceRow[];
  running(): RebalanceRow | null;
  /** Written before anything is asked of the node. */
  begin(id: string, plan: RebalancePlan): void;
  paysBy(id: string, paymentId: string): void;
  end(id: string, state: "done" | "failed", feeMsat: bigint, outcome: string): void;
}

export function createRebalanceRows(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly elapsed: ElapsedTime;
}): RebalanceRows {
  const { books, clock, elapsed } = ports;
  const { sql } = books;
  return {
    since: (fromElapsedMs) =>
      sql.all(
        "SELECT * FROM treasury_rebalances WHERE at_elapsed_ms >= ? ORDER BY at_elapsed_ms, rowid",
        BigInt(Math.max(0, fromElapsedMs)),
      ),
    running: () =>
      sql.get("SELECT * FROM treasury_rebalances WHERE state = 'running' ORDER BY rowid LIMIT 1"),
    begin(id, plan) {
      books.write(() => {
        sql.run(
          `INSERT INTO treasury_rebalances (id, at_ms, at_elapsed_ms, from_channel, to_channel,
             last_hop, amount_msat, max_fee_msat, state)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running')`,
          id,
          BigInt(Math.floor(clock.wallMs())),
          BigInt(elapsed.keep()),
          plan.fromChannel,
          plan.toChannel,
          plan.lastHop,
          plan.amountMsat,
          plan.maxFeeMsat,
        );
      });
    },
    paysBy(id, paymentId) {
      books.write(() => {
        sql.run("UPDATE treasury_rebalances SET payment_id = ? WHERE id = ?", paymentId, id);
      });
    },
    end(id, state, feeMsat, outcome) {
      books.write(() => {
        sql.run(
          "UPDATE treasury_rebalances SET state = ?, fee_msat = ?, outcome = ? WHERE id = ?",
          state,
          feeMsat,
          outcome,
          id,
        );
      });
    },
  };
}
