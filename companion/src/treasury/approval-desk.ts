import type { ApprovalView } from "@timmy/shared/money/views";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import {
  faultOfAsk,
  heldOf,
  isLetThrough,
  makeRow,
  type ReadAsk,
  sameAsk,
  spendOf,
} from "./approval-ask.ts";
import { maxWaiting, maxWaitingOfOne, requestLifeMs } from "./limits.ts";
import type { AskResult, Decision, Refusal } from "./port.ts";
import { type RequestInput, stepRequest } from "./request-machine.ts";
import { digestOf, holdOf, type RequestRow, type RequestStore } from "./request-store.ts";
import type { SecondFactor } from "./second-factor.ts";
import type { TreasuryGate } from "./spending-gate.ts";

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

function isDue({ clock, gate }: DeskPorts, row: RequestRow): boolean {
  return (
    clock.wallMs() >= Number(row.expires_ms) ||
    gate.elapsed.nowMs() >= Number(row.requested_elapsed_ms) + requestLifeMs
  );
}
function move({ requests }: DeskPorts, row: RequestRow, input: RequestInput): boolean {
  const state = stepRequest(row.state, input);
  if (state !== null) requests.update(row.id, { state });
  return state !== null;
}
function close(ports: DeskPorts, row: RequestRow, input: RequestInput, why: string): void {
  const { ledger } = ports.books;
  if (!move(ports, row, input)) return;
  ports.requests.update(row.id, { outcome: why });
  if (ledger.getHold(holdOf(row.id)) !== null) ledger.release(holdOf(row.id));
  ports.gate.undo(spendOf(row.id));
}
function tooMany({ requests }: DeskPorts, ask: ReadAsk): boolean {
  const waiting = requests.inState("pending");
  const own = waiting.filter((row) => row.requested_by === ask.requestedBy);
  return waiting.length >= maxWaiting || own.length >= maxWaitingOfOne;
}
function answer({ requests }: DeskPorts, id: string, fresh: boolean): AskResult {
  const row = requests.get(id);
  return row === null
    ? no("internal")
    : { ok: true, approval: toApprovalView(requests, row), fresh };
}

function take(ports: DeskPorts, ask: ReadAsk): AskResult {
  const { books, gate, requests } = ports;
  const before = requests.byKey(ask.key);
  if (before !== null) {
    return sameAsk(before, ask) ? answer(ports, before.id, false) : no("duplicate-key");
  }
  if (tooMany(ports, ask)) return no("rate-limited", "Too many requests wait for a person.");
  const row = makeRow(ports, ask);
  const held = heldOf(row);
  if (held > 0n) {
    const hold = { id: holdOf(row.id), party: row.party, amountMsat: held };
    const kept = books.ledger.hold({ ...hold, purpose: "withdrawal", reference: row.id });
    if (!kept.ok) return no(kept.reason, kept.details);
  }
  requests.insert(row);
  const through = isLetThrough(gate, row);
  move(ports, row, through ? "let-through" : "wait");
  if (through) requests.decide(row, "auto", "policy");
  return answer(ports, row.id, true);
}

/** Looks at everything that needs no code first: a refusal uses none up. */
function decideOn(
  ports: DeskPorts,
  id: string,
  verdict: "approve" | "deny",
  decision: Decision,
): AskResult {
  const { gate, factor, requests } = ports;
  const row = requests.get(id);
  if (row === null) return no("not-found");
  if (row.state === "pending" && isDue(ports, row)) {
    close(ports, row, "expire", "");
    return no("approval-closed", "It has expired.");
  }
  if (row.state !== "pending") return no("approval-closed", `It is ${row.state}.`);
  if (decision.digest !== row.digest || digestOf(row) !== row.digest) {
    return no("approval-changed");
  }
  if (verdict === "approve") {
    if (row.requested_by === `person:${decision.who}`) return no("self-approval");
    if (gate.store.killed()) return no("kill-switch");
  }
  const checked = factor.verify(decision);
  if (!checked.ok) return checked;
  requests.decide(row, verdict, `person:${decision.who}`);
  if (verdict === "approve") move(ports, row, "approve");
  else close(ports, row, "deny", "");
  return answer(ports, id, true);
}

export function createApprovalDesk(ports: DeskPorts): ApprovalDesk {
  const { books, requests } = ports;
  return {
    ask: (ask) => faultOfAsk(ask) ?? books.write(() => take(ports, ask)),
    decide: (id, verdict, decision) => books.write(() => decideOn(ports, id, verdict, decision)),
    expire() {
      const isOver = (row: RequestRow) => isDue(ports, row);
      const due = requests.inState("pending", "approved", "auto").filter(isOver);
      if (due.length === 0) return 0;
      books.write(() => {
        for (const { id } of due) {
          const row = requests.get(id);
          if (row !== null) close(ports, row, "expire", "");
        }
      });
      return due.length;
    },
    close: (row, input, why) => close(ports, row, input, why),
  };
}
