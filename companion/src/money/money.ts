import type { TreasuryView } from "@timmy/shared/money/views";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import type { Market } from "../market/market.ts";
import type { Payments, Reconciler, Sales } from "../payments/port.ts";
import type { Treasury } from "../treasury/port.ts";

/** One node and its books, and everything that works on them. */
export interface Money {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly sales: Sales;
  readonly reconciler: Reconciler;
  readonly treasury: Treasury;
  readonly market: Market;
  /** The treasury's view, with what only the assembly knows (a locked vault). */
  view(): TreasuryView;
  stop(): Promise<void>;
}
