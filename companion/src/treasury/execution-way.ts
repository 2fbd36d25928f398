import type { TimmyError } from "@timmy/shared/errors";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import type { Payments } from "../payments/port.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import type { NodeCall } from "./node-call.ts";
import type { RequestRow, RequestStore } from "./request-store.ts";
import type { TreasuryGate } from "./spending-gate.ts";

export interface ExecutionPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly gate: TreasuryGate;
  readonly requests: RequestStore;
  readonly desk: ApprovalDesk;
  readonly alarms: AlarmBook;
  readonly call: NodeCall;
  readonly onChange: () => void;
}
/** How one kind of request is carried out; each step may be the last one before a crash. */
export interface Way {
  /** From `executing`, again and again, until it is sent or has failed. */
  send(row: RequestRow): Promise<void>;
  /** From `sent`, until it is confirmed or has failed. */
  follow(row: RequestRow): Promise<void>;
}
const maxOutcome = 300;
/** A refusal as a person reads it beside a request: its code, and what the node said. */
export const reasonOf = ({ code, details }: Pick<TimmyError, "code" | "details">): string =>
  (details === "" ? code : `${code}: ${details}`).slice(0, maxOutcome);

export function fail(ports: ExecutionPorts, id: string, why: string): void {
  ports.books.write(() => {
    const row = ports.requests.get(id);
    if (row !== null) ports.desk.close(row, "fail", why);
  });
}
