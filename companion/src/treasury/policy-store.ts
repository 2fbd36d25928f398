import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { ElapsedTime } from "./elapsed-time.ts";
import type { KeyRing } from "./key-file.ts";
import { defaultPolicy } from "./limits.ts";
import type { PolicyLimits } from "./port.ts";

export interface Budget {
  readonly limitMsat: bigint;
  readonly periodMs: number;
  /** Elapsed time at which the running period began. */
  readonly periodStartMs: number;
}
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
  /** "broken" when the newest row was tampered with. */
  budget(party: Party): Budget | null | "broken";
  setBudget(party: Party, limitMsat: bigint, periodMs: number, by: string): void;
}

interface Row {
  readonly version: bigint;
  readonly at_ms: bigint;
  readonly changed_by: string;
  readonly seal: string;
}

const toText = (limits: PolicyLimits): string =>
  JSON.stringify(limits, (_name, value) => (typeof value === "bigint" ? `${value}` : value));

function fromText(text: string): PolicyLimits {
  const values = Object.entries(JSON.parse(text) as Record<string, unknown>).map(
    ([name, value]) => [name, name.endsWith("Msat") ? BigInt(String(value)) : value] as const,
  );
  return { ...defaultPolicy, ...Object.fromEntries(values) };
}

interface StorePorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly elapsed: ElapsedTime;
}

export function createPolicyStore({ books, clock, keys, elapsed }: StorePorts): PolicyStore {
  const { sql } = books;
  const sealOf = (table: string, row: Omit<Row, "seal">, ...values: readonly string[]) =>
    keys.seal(table, `${row.version}`, `${row.at_ms}`, row.changed_by, ...values);
  const isSealed = (table: string, row: Row, ...values: readonly string[]) =>
    keys.sealed(row.seal, table, `${row.version}`, `${row.at_ms}`, row.changed_by, ...values);
  const next = (newest: Row | null, by: string): Omit<Row, "seal"> => ({
    version: (newest?.version ?? 0n) + 1n,
    at_ms: BigInt(Math.floor(clock.wallMs())),
    changed_by: by,
  });
  const newestPolicy = () =>
    sql.get<Row & { limits: string }>(
      "SELECT * FROM treasury_policy ORDER BY version DESC LIMIT 1",
    );
  const newestSwitch = () =>
    sql.get<Row & { kill: bigint }>("SELECT * FROM treasury_switch ORDER BY version DESC LIMIT 1");
  const newestBudget = (party: Party) =>
    sql.get<Row & { limit_msat: bigint; period_ms: bigint; from_elapsed_ms: bigint }>(
      "SELECT * FROM treasury_budgets WHERE party = ? ORDER BY version DESC LIMIT 1",
      party,
    );
  return {
    policy() {
      const row = newestPolicy();
      if (row === null) return { ...defaultPolicy, version: 0 };
      if (!isSealed("policy", row, row.limits)) return null;
      return { ...fromText(row.limits), version: Number(row.version) };
    },
    setPolicy(limits, by) {
      books.write(() => {
        const row = next(newestPolicy(), by);
        const text = toText(limits);
        const seal = sealOf("policy", row, text);
        sql.run(
          "INSERT INTO treasury_policy VALUES (?, ?, ?, ?, ?)",
          row.version,
          row.at_ms,
          by,
          text,
          seal,
        );
      });
    },
    killed() {
      const row = newestSwitch();
      return row !== null && (row.kill === 1n || !isSealed("switch", row, `${row.kill}`));
    },
    setKilled(on, by) {
      books.write(() => {
        const row = next(newestSwitch(), by);
        const kill = on ? 1n : 0n;
        const seal = sealOf("switch", row, `${kill}`);
        sql.run(
          "INSERT INTO treasury_switch VALUES (?, ?, ?, ?, ?)",
          row.version,
          row.at_ms,
          by,
          kill,
          seal,
        );
      });
    },
    budget(party) {
      const row = newestBudget(party);
      if (row === null) return null;
      const { limit_msat, period_ms, from_elapsed_ms } = row;
      if (!isSealed("budget", row, party, `${limit_msat}`, `${period_ms}`, `${from_elapsed_ms}`)) {
        return "broken";
      }
      if (limit_msat === 0n) return null;
      const [periodMs, fromMs] = [Number(period_ms), Number(from_elapsed_ms)];
      const periods = Math.max(0, Math.floor((elapsed.nowMs() - fromMs) / periodMs));
      return { limitMsat: limit_msat, periodMs, periodStartMs: fromMs + periods * periodMs };
    },
    setBudget(party, limitMsat, periodMs, by) {
      books.write(() => {
        const row = next(newestBudget(party), by);
        const from = BigInt(elapsed.keep());
        const seal = sealOf("budget", row, party, `${limitMsat}`, `${periodMs}`, `${from}`);
        sql.run(
          "INSERT INTO treasury_budgets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          party,
          row.version,
          row.at_ms,
          by,
          limitMsat,
          BigInt(periodMs),
          from,
          seal,
        );
      });
    },
  };
}
