import type { LedgerFault } from "./port.ts";
import type { SqliteFile } from "./sqlite-file.ts";

export const verifyLedger = (_db: SqliteFile): readonly LedgerFault[] => [];
