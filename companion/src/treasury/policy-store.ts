import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { KeyRing } from "./key-file.ts";
import { defaultPolicy } from "./limits.ts";
import type { PolicyLimits } from "./port.ts";
import { createSealing, type SealedRow } from "./sealed-row.ts";

export interface VersionedPolicy extends PolicyLimits {
  readonly version: number;
}

/**
 * What the owner decided: each change is a new row, sealed with the key file. A row whose seal is
 * wrong was not written by us: then there is no policy, and nothing passes.
 */
export interface PolicyStore {
  /** Null when the newest row was tampered with. */
  policy(): VersionedPolicy | null;
  setPolicy(limits: PolicyLimits, by: string): void;
  killed(): boolean;
  setKilled(on: boolean, by: string): void;
}

const toText = (limits: PolicyLimits): string =>
  JSON.stringify(limits, (_name, value) => (typeof value === "bigint" ? `${value}` : value));

function fromText(text: string): PolicyLimits {
  const values = Object.entries(JSON.parse(text) as Record<string, unknown>).map(
    ([name, value]) => [name, name.endsWith("Msat") ? BigInt(String(value)) : value] as const,
  );
  return { ...defaultPolicy, ...Object.fromEntries(values) };
}

export function createPolicyStore(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
}): PolicyStore {
  const { books } = ports;
  const { sql } = books;
  const sealing = createSealing(ports);
  const newestPolicy = () =>
    sql.get<SealedRow & { limits: string }>(
      "SELECT * FROM treasury_policy ORDER BY version DESC LIMIT 1",
    );
  const newestSwitch = () =>
    sql.get<SealedRow & { kill: bigint }>(
      "SELECT * FROM treasury_switch ORDER BY version DESC LIMIT 1",
    );
  /** A newer row of one of the two tables: head, value, seal. */
  function append(table: string, newest: SealedRow | null, by: string, value: string | bigint) {
    const head = sealing.next(newest, by);
    sql.run(
      `INSERT INTO treasury_${table} VALUES (?, ?, ?, ?, ?)`,
      head.version,
      head.at_ms,
      by,
      value,
      sealing.seal(table, head, `${value}`),
    );
  }
  return {
    policy() {
      const row = newestPolicy();
      if (row === null) return { ...defaultPolicy, version: 0 };
      if (!sealing.isOurs("policy", row, row.limits)) return null;
      return { ...fromText(row.limits), version: Number(row.version) };
    },
    setPolicy(limits, by) {
      books.write(() => append("policy", newestPolicy(), by, toText(limits)));
    },
    killed() {
      const row = newestSwitch();
      return row !== null && (row.kill === 1n || !sealing.isOurs("switch", row, `${row.kill}`));
    },
    setKilled(on, by) {
      books.write(() => append("switch", newestSwitch(), by, on ? 1n : 0n));
    },
  };
}
