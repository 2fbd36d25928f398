import { createHash } from "node:crypto";
import type { ApprovalView } from "@timmy/shared/money/views";
import type { Books, Party, SqlValue } from "../ledger/port.ts";
import { joinParts, type KeyRing } from "./key-file.ts";
import type { RequestState } from "./request-machine.ts";

/** A request as the books hold it; all but the last block is bound and never changes. */
export interface RequestRow {
  readonly id: string;
  readonly ask_key: string;
  readonly kind: ApprovalView["kind"];
  readonly party: Party;
  readonly requested_by: string;
  readonly why: string;
  readonly amount_msat: bigint;
  readonly fee_cap_msat: bigint;
  /** A BOLT11 invoice, an address, or `pubkey@host:port`. */
  readonly destination: string;
  readonly destination_kind: ApprovalView["destination_kind"];
  readonly destination_new: bigint;
  /** What the allow list names: a public key or an address. */
  readonly payee: string;
  readonly digest: string;
  readonly requested_ms: bigint;
  readonly requested_elapsed_ms: bigint;
  readonly expires_ms: bigint;

  readonly state: RequestState;
  readonly changed_ms: bigint;
  readonly payment_id: string;
  readonly raw_hex: string;
  readonly txid: string;
  readonly fee_msat: bigint | null;
  /** A mark of the execution's own. */
  readonly note: string;
  readonly outcome: string;
}
export interface DecisionRow {
  readonly request_id: string;
  readonly verdict: "approve" | "deny" | "auto";
  readonly digest: string;
  readonly who: string;
  readonly at_ms: bigint;
  readonly seal: string;
}
type BoundColumn =
  | "id"
  | "kind"
  | "party"
  | "amount_msat"
  | "fee_cap_msat"
  | "destination"
  | "destination_kind"
  | "payee"
  | "why"
  | "expires_ms"
  | "requested_by";

/** What an approval binds: SHA-256 over all that a person is shown and all that decides what leaves. */
export function digestOf(row: Pick<RequestRow, BoundColumn>): string {
  const parts = [
    "timmy-request-1",
    row.id,
    row.kind,
    row.party,
    `${row.amount_msat}`,
    row.destination_kind,
    row.destination,
    row.payee,
    `${row.fee_cap_msat}`,
    `${row.expires_ms}`,
    row.requested_by,
    row.why,
  ];
  return createHash("sha256").update(joinParts(parts)).digest("hex");
}

/** The hold that covers a request from the moment in which it is made. */
export const holdOf = (requestId: string): string => `request:${requestId}`;

export interface RequestStore {
  get(id: string): RequestRow | null;
  byKey(key: string): RequestRow | null;
  inState(...states: readonly RequestState[]): readonly RequestRow[];
  newest(limit: number): readonly RequestRow[];
  insert(row: RequestRow): void;
  /** Moves on; the table's triggers refuse steps that do not exist. */
  update(id: string, values: Partial<Pick<RequestRow, ChangingColumn>>): void;
  decision(id: string): DecisionRow | null;
  decide(row: RequestRow, verdict: DecisionRow["verdict"], who: string): void;
  /** The decision that allows this very row to be carried out; null when there is none. */
  allowing(row: RequestRow): DecisionRow | null;
  isNewPayee(payee: string): boolean;
  /** What channels will take that were asked for and that the node does not know yet. */
  openingMsat(): bigint;
}
type ChangingColumn = "state" | "payment_id" | "raw_hex" | "txid" | "fee_msat" | "note" | "outcome";

interface StorePorts {
  readonly books: Books;
  readonly keys: KeyRing;
  readonly wallMs: () => number;
}

const columns = [
  ...["id", "ask_key", "kind", "state", "party", "requested_by", "why", "amount_msat"],
  ...["fee_cap_msat", "destination", "destination_kind", "destination_new", "payee", "digest"],
  ...["requested_ms", "requested_elapsed_ms", "expires_ms", "changed_ms"],
] as const;

export function createRequestStore({ books: { sql }, keys, wallMs }: StorePorts): RequestStore {
  const sealParts = (row: Omit<DecisionRow, "seal">) =>
    [row.request_id, row.verdict, row.digest, row.who, `${row.at_ms}`] as const;
  const inState = (...states: readonly RequestState[]) =>
    sql.all<RequestRow>(
      `SELECT * FROM treasury_requests WHERE state IN (${states.map(() => "?").join(", ")})
       ORDER BY requested_ms, rowid`,
      ...states,
    );
  const decision = (id: string) =>
    sql.get<DecisionRow>("SELECT * FROM treasury_decisions WHERE request_id = ?", id);
  return {
    decision,
    get: (id) => sql.get<RequestRow>("SELECT * FROM treasury_requests WHERE id = ?", id),
    byKey: (key) => sql.get<RequestRow>("SELECT * FROM treasury_requests WHERE ask_key = ?", key),
    inState,
    newest: (limit) =>
      sql.all<RequestRow>(
        `SELECT * FROM treasury_requests ORDER BY state <> 'pending', requested_ms DESC, rowid DESC
         LIMIT ?`,
        BigInt(limit),
      ),
    insert(row) {
      const values = row as unknown as Readonly<Record<string, SqlValue>>;
      sql.run(
        `INSERT INTO treasury_requests (${columns.join(", ")})
         VALUES (${columns.map(() => "?").join(", ")})`,
        ...columns.map((column) => values[column] ?? null),
      );
    },
    update(id, values) {
      const entries = Object.entries(values) as [ChangingColumn, SqlValue][];
      sql.run(
        `UPDATE treasury_requests SET ${entries.map(([name]) => `${name} = ?`).join(", ")},
           changed_ms = ? WHERE id = ?`,
        ...entries.map(([, value]) => value),
        BigInt(Math.floor(wallMs())),
        id,
      );
    },
    decide(row, verdict, who) {
      const made = {
        request_id: row.id,
        verdict,
        digest: digestOf(row),
        who,
        at_ms: BigInt(Math.floor(wallMs())),
      };
      sql.run(
        "INSERT INTO treasury_decisions VALUES (?, ?, ?, ?, ?, ?)",
        ...sealParts(made).slice(0, 4),
        made.at_ms,
        keys.seal("decision", ...sealParts(made)),
      );
    },
    allowing(row) {
      const made = decision(row.id);
      if (made === null || made.verdict === "deny") return null;
      const bound = made.digest === digestOf(row) && row.digest === made.digest;
      return bound && keys.sealed(made.seal, "decision", ...sealParts(made)) ? made : null;
    },
    openingMsat: () =>
      inState("pending", "approved", "executing")
        .filter((row) => row.kind === "channel")
        .reduce((sum, row) => sum + row.amount_msat + row.fee_cap_msat, 0n),
    isNewPayee: (payee) =>
      sql.get("SELECT 1 FROM treasury_requests WHERE payee = ? AND state = 'confirmed'", payee) ===
      null,
  };
}
