import { marketTables } from "../market/tables.ts";
import { paymentsTables } from "../payments/tables.ts";
import { treasuryTables } from "../treasury/tables.ts";
import type { Migration } from "./port.ts";
import { ledgerTables } from "./tables.ts";

/** All that the books hold. What a file lacks is added in this order; names are never reused. */
export const booksMigrations: readonly Migration[] = [
  ...ledgerTables,
  ...paymentsTables,
  ...treasuryTables,
  ...marketTables,
];
