import type { Clock } from "@timmy/shared/ports/time";
import type { Party } from "../ledger/port.ts";
import type { Destination } from "./destination.ts";
import { maxWhy, requestLifeMs } from "./limits.ts";
import type { Refusal } from "./port.ts";
import { digestOf, type RequestRow, type RequestStore } from "./request-store.ts";
import type { TreasuryGate } from "./spending-gate.ts";

/** A request whose amount and destination were read already. */
export interface ReadAsk {
  readonly key: string;
  readonly kind: RequestRow["kind"];
  readonly party: Party;
  readonly requestedBy: string;
  readonly why: string;
  readonly amountMsat: bigint;
  readonly feeCapMsat: bigint;
  readonly destination: Destination;
}
const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });
/** The reference of the spend that an automatic request fills the windows with. */
export const spendOf = (id: string): string => `request:${id}`;

/** Who asks is a credential with a plain name, and an agent asks only for itself. */
export function faultOfAsk(ask: ReadAsk): Refusal | null {
  const { requestedBy, party, key, why } = ask;
  const text = (value: unknown, max: number) => typeof value === "string" && value.length <= max;
  if (!text(key, 100) || key === "") return no("bad-payload", "The key is missing.");
  if (!text(why, maxWhy)) return no("bad-payload", "The reason is too long.");
  if (!text(party, 100) || !/^(owner|agent:[A-Za-z0-9._@/-]{1,80})$/.test(party)) {
    return no("bad-payload", "There is no such account.");
  }
  const who =
    /^(timmy|agent:[A-Za-z0-9._@/-]{1,80}|person:[a-z][a-z0-9-]{0,30}|session:[A-Za-z0-9_-]{1,80})$/;
  if (!text(requestedBy, 100) || !who.test(requestedBy)) {
    return no("provenance-refused", "Nobody is named who asks.");
  }
  if (requestedBy.startsWith("agent:") && requestedBy !== party) {
    return no("provenance-refused", "An agent asks only for its own account.");
  }
  return null;
}

export const sameAsk = (row: RequestRow, ask: ReadAsk): boolean =>
  row.kind === ask.kind &&
  row.party === ask.party &&
  row.requested_by === ask.requestedBy &&
  row.amount_msat === ask.amountMsat &&
  row.fee_cap_msat === ask.feeCapMsat &&
  row.destination === ask.destination.text;

/** What is held: all that may leave; a sweep and a channel stay ours but for the fee. */
export const heldOf = (row: RequestRow): bigint =>
  row.kind === "sweep" || row.kind === "channel"
    ? row.fee_cap_msat
    : row.amount_msat + row.fee_cap_msat;

interface RowPorts {
  readonly clock: Clock;
  readonly makeId: () => string;
  readonly gate: TreasuryGate;
  readonly requests: RequestStore;
}

/** The row of a new request, with the digest that an approval will bind; in a transaction. */
export function makeRow({ clock, makeId, gate, requests }: RowPorts, ask: ReadAsk): RequestRow {
  const now = Math.floor(clock.wallMs());
  const bound = {
    id: makeId(),
    kind: ask.kind,
    party: ask.party,
    amount_msat: ask.amountMsat,
    fee_cap_msat: ask.feeCapMsat,
    destination: ask.destination.text,
    destination_kind: ask.destination.kind,
    payee: ask.destination.payee,
    why: ask.why,
    expires_ms: BigInt(Math.min(now + requestLifeMs, ask.destination.expiresMs)),
    requested_by: ask.requestedBy,
  };
  return {
    ...bound,
    ask_key: ask.key,
    state: "requested",
    destination_new: requests.isNewPayee(ask.destination.payee) ? 1n : 0n,
    digest: digestOf(bound),
    requested_ms: BigInt(now),
    requested_elapsed_ms: BigInt(gate.elapsed.keep()),
    changed_ms: BigInt(now),
    ...{ payment_id: "", raw_hex: "", txid: "", fee_msat: null, note: "", outcome: "" },
  };
}

/** Whether a request needs nobody: small, to an allowed payee, and within the rolling windows. */
export function isLetThrough(gate: TreasuryGate, row: RequestRow): boolean {
  const policy = gate.store.policy();
  if (row.kind !== "withdrawal" || policy === null) return false;
  if (row.amount_msat > policy.autoWithdrawalMsat) return false;
  if (!policy.allow.includes(row.payee)) return false;
  const spend = {
    reference: spendOf(row.id),
    party: row.party,
    purpose: row.kind,
    payee: row.payee,
    destination: row.destination,
    amountMsat: row.amount_msat,
    maxFeeMsat: row.fee_cap_msat,
    origin: { from: "record", record: `request:${row.id}` },
  } as const;
  return gate.reserve(spend).ok;
}
