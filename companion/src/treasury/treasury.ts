import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import type { Payments, Reconciliation, Sales, SpendingGate } from "../payments/port.ts";
import type { KeyRing } from "./key-file.ts";

export interface TreasuryPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly sales: Sales;
  /** The one that `payments` was given. */
  readonly gate: SpendingGate;
  readonly time: Time;
  readonly makeId: () => string;
  /** 32 fresh bytes and the like; `randomBytes` of node:crypto. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly logger: Logger;
  readonly keys: KeyRing;
  /** The newest reconciliation. */
  readonly proof: () => Reconciliation | null;
}
