import type { ApprovalView } from "@timmy/shared/money/views";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { Destination } from "./destination.ts";
import { maxWaiting, maxWaitingOfOne, maxWhy, requestLifeMs } from "./limits.ts";
import type { AskResult, Decision, Refusal } from "./port.ts";
import { type RequestInput, stepRequest } from "./request-machine.ts";
import { digestOf, holdOf, type RequestRow, type RequestStore } from "./request-store.ts";
import type { SecondFactor } from "./second-factor.ts";
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
export interface ApprovalDesk {
  /** Holds the money and asks; lets small ones to allowed destinations through. */
  ask(ask: ReadAsk): AskResult;
  decide(id: string, verdict: "approve" | "deny", decision: Decision): AskResult;
  /** Closes what waited too long; answers how many. */
  expire(): number;
  /** Ends a request without success and gives back what it held. Inside a transaction. */
  close(
    row: RequestRow,
    input: Extract<RequestInput, "expire" | "void" | "fail">,
    why: string,
  ): void;
}
export interface DeskPorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly makeId: () => string;
  readonly gate: TreasuryGate;
  readonly factor: SecondFactor;
  readonly requests: RequestStore;
}

const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });
/** The reference of the spend that an automatic request fills the windows with. */
export const spendOf = (id: string): string => `request:${id}`;

export function toApprovalView(requests: RequestStore, row: RequestRow): ApprovalView {
  const made = requests.decision(row.id);
  const { state } = row;
  return {
    id: row.id,
    kind: row.kind,
    state: state === "requested" ? "pending" : state,
    requested_by: row.requested_by,
    why: row.why,
    amount_msat: `${row.amount_msat}`,
    fee_cap_msat: `${row.fee_cap_msat}`,
    destination: row.destination,
    destination_kind: row.destination_kind,
    destination_new: row.destination_new === 1n,
    digest: row.digest,
    requested_ms: Number(row.requested_ms),
    expires_ms: Number(row.expires_ms),
    decided_ms: made === null ? null : Number(made.at_ms),
    decided_by: made?.who ?? "",
    outcome: row.outcome === "" ? row.txid || row.payment_id : row.outcome,
  };
}

/** Who asks is a credential with a plain name, and an agent asks only for itself. */
function faultOfAsk(ask: ReadAsk): Refusal | null {
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

const sameAsk = (row: RequestRow, ask: ReadAsk): boolean =>
  row.kind === ask.kind &&
  row.party === ask.party &&
  row.requested_by === ask.requestedBy &&
  row.amount_msat === ask.amountMsat &&
  row.fee_cap_msat === ask.feeCapMsat &&
  row.destination === ask.destination.text;

export function createApprovalDesk(ports: DeskPorts): ApprovalDesk {
  const { books, clock, makeId, gate, factor, requests } = ports;
  const { elapsed, store } = gate;

  /** What is held: all that may leave; a sweep and a channel stay ours but for the fee. */
  const heldOf = (row: Pick<RequestRow, "kind" | "amount_msat" | "fee_cap_msat">): bigint =>
    row.kind === "sweep" || row.kind === "channel"
      ? row.fee_cap_msat
      : row.amount_msat + row.fee_cap_msat;
  const isDue = (row: RequestRow): boolean =>
    clock.wallMs() >= Number(row.expires_ms) ||
    elapsed.nowMs() >= Number(row.requested_elapsed_ms) + requestLifeMs;

  function rowOf(ask: ReadAsk): RequestRow {
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
      requested_elapsed_ms: BigInt(elapsed.keep()),
      changed_ms: BigInt(now),
      ...{ payment_id: "", raw_hex: "", txid: "", fee_msat: null, note: "", outcome: "" },
    };
  }
  function isLetThrough(row: RequestRow): boolean {
    const policy = store.policy();
    if (row.kind !== "withdrawal" || policy === null) return false;
    if (row.amount_msat > policy.autoWithdrawalMsat || !policy.allow.includes(row.payee))
      return false;
    const spend = {
      reference: spendOf(row.id),
      party: row.party,
      purpose: row.kind,
      payee: row.payee,
      amountMsat: row.amount_msat,
      maxFeeMsat: row.fee_cap_msat,
      origin: { from: "record", record: `request:${row.id}` },
    } as const;
    return gate.reserve(spend).ok;
  }
  function move(row: RequestRow, input: RequestInput): boolean {
    const state = stepRequest(row.state, input);
    if (state !== null) requests.update(row.id, { state });
    return state !== null;
  }
  function close(row: RequestRow, input: RequestInput, why: string): void {
    if (!move(row, input)) return;
    requests.update(row.id, { outcome: why });
    if (books.ledger.getHold(holdOf(row.id)) !== null) books.ledger.release(holdOf(row.id));
    gate.undo(spendOf(row.id));
  }
  function tooMany(ask: ReadAsk): boolean {
    const waiting = requests.inState("pending");
    const own = waiting.filter((row) => row.requested_by === ask.requestedBy);
    return waiting.length >= maxWaiting || own.length >= maxWaitingOfOne;
  }
  const answer = (id: string, fresh: boolean): AskResult => {
    const row = requests.get(id);
    return row === null
      ? no("internal")
      : { ok: true, approval: toApprovalView(requests, row), fresh };
  };

  return {
    ask(ask) {
      const fault = faultOfAsk(ask);
      if (fault !== null) return fault;
      return books.write((): AskResult => {
        const before = requests.byKey(ask.key);
        if (before !== null) {
          return sameAsk(before, ask) ? answer(before.id, false) : no("duplicate-key");
        }
        if (tooMany(ask)) return no("rate-limited", "Too many requests wait for a person.");
        const row = rowOf(ask);
        const held = heldOf(row);
        if (held > 0n) {
          const hold = { id: holdOf(row.id), party: row.party, amountMsat: held };
          const kept = books.ledger.hold({ ...hold, purpose: "withdrawal", reference: row.id });
          if (!kept.ok) return no(kept.reason, kept.details);
        }
        requests.insert(row);
        const through = isLetThrough(row);
        move(row, through ? "let-through" : "wait");
        if (through) requests.decide(row, "auto", "policy");
        return answer(row.id, true);
      });
    },
    decide(id, verdict, decision) {
      return books.write((): AskResult => {
        const row = requests.get(id);
        if (row === null) return no("not-found");
        if (row.state === "pending" && isDue(row)) {
          close(row, "expire", "");
          return no("approval-closed", "It has expired.");
        }
        if (row.state !== "pending") return no("approval-closed", `It is ${row.state}.`);
        if (decision.digest !== row.digest || digestOf(row) !== row.digest) {
          return no("approval-changed");
        }
        if (verdict === "approve") {
          if (row.requested_by === `person:${decision.who}`) return no("self-approval");
          if (store.killed()) return no("kill-switch");
        }
        const checked = factor.verify(decision);
        if (!checked.ok) return checked;
        requests.decide(row, verdict, `person:${decision.who}`);
        if (verdict === "approve") move(row, "approve");
        else close(row, "deny", "");
        return answer(id, true);
      });
    },
    expire() {
      const due = requests.inState("pending", "approved", "auto").filter(isDue);
      if (due.length === 0) return 0;
      books.write(() => {
        for (const { id } of due) {
          const row = requests.get(id);
          if (row !== null) close(row, "expire", "");
        }
      });
      return due.length;
    },
    close,
  };
}
