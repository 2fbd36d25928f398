import type { Clock } from "@timmy/shared/ports/time";
import type { KeyRing } from "./key-file.ts";

/** A row of what a person decided: a version, when, by whom, and the seal over all of it. */
export interface SealedRow {
  readonly version: bigint;
  readonly at_ms: bigint;
  readonly changed_by: string;
  readonly seal: string;
}
type Unsealed = Omit<SealedRow, "seal">;

export function createSealing({ keys, clock }: { readonly keys: KeyRing; readonly clock: Clock }) {
  const parts = (row: Unsealed) => [`${row.version}`, `${row.at_ms}`, row.changed_by] as const;
  return {
    /** The head of the row that follows the newest one. */
    next: (newest: SealedRow | null, by: string): Unsealed => ({
      version: (newest?.version ?? 0n) + 1n,
      at_ms: BigInt(Math.floor(clock.wallMs())),
      changed_by: by,
    }),
    seal: (table: string, row: Unsealed, ...values: readonly string[]): string =>
      keys.seal(table, ...parts(row), ...values),
    /** Whether we wrote this row, with these values. */
    isOurs: (table: string, row: SealedRow, ...values: readonly string[]): boolean =>
      keys.sealed(row.seal, table, ...parts(row), ...values),
  };
}
