import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { Network } from "../lightning/backend.ts";
import { addressAt, parseWatchOnly, type WatchOnly } from "./descriptor.ts";
import type { KeyRing } from "./key-file.ts";
import type { DescriptorResult, Factor, Refusal } from "./port.ts";
import type { SecondFactor } from "./second-factor.ts";

/** Where sweeps go: addresses of a key that never was on this machine. */
export interface ColdStorage {
  set(descriptor: string, factor: Factor): DescriptorResult;
  /** A person read the same first address on the signing device. */
  confirm(firstAddress: string, factor: Factor): DescriptorResult;
  state(): { readonly descriptor: boolean; readonly confirmed: boolean };
  /** An address that was never given out; null without a confirmed descriptor. In a transaction. */
  takeAddress(): string | null;
}
interface Row {
  readonly version: bigint;
  readonly descriptor: string;
  readonly confirmed_by: string;
  readonly next_index: bigint;
  readonly seal: string;
  readonly confirmed_seal: string;
}
interface ColdPorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly factor: SecondFactor;
  readonly network: Network;
}

const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });

/** The rows of descriptors: each is sealed when it is set, and again when it is confirmed. */
function createColdRows({ books, clock, keys, network }: ColdPorts) {
  const { sql } = books;
  const parts = (row: Pick<Row, "version" | "descriptor">) =>
    [`${row.version}`, row.descriptor, network] as const;
  return {
    /** The newest descriptor that a person set; null when there is none, or nobody sealed it. */
    newest(): { readonly row: Row; readonly watch: WatchOnly } | null {
      const row = sql.get<Row>("SELECT * FROM treasury_cold ORDER BY version DESC LIMIT 1");
      if (row === null || !keys.sealed(row.seal, "cold", ...parts(row))) return null;
      const read = parseWatchOnly(row.descriptor, network);
      return read.ok ? { row, watch: read.value } : null;
    },
    isConfirmed: (row: Row): boolean =>
      row.confirmed_by !== "" &&
      keys.sealed(row.confirmed_seal, "cold confirmed", ...parts(row), row.confirmed_by),
    insert(descriptor: string, by: string): void {
      const last = sql.get<{ last: bigint | null }>(
        "SELECT MAX(version) AS last FROM treasury_cold",
      );
      const version = (last?.last ?? 0n) + 1n;
      sql.run(
        `INSERT INTO treasury_cold (version, at_ms, changed_by, descriptor, seal)
         VALUES (?, ?, ?, ?, ?)`,
        version,
        BigInt(Math.floor(clock.wallMs())),
        by,
        descriptor,
        keys.seal("cold", ...parts({ version, descriptor })),
      );
    },
    confirm(row: Row, by: string): void {
      sql.run(
        "UPDATE treasury_cold SET confirmed_by = ?, confirmed_seal = ? WHERE version = ?",
        by,
        keys.seal("cold confirmed", ...parts(row), by),
        row.version,
      );
    },
    useUp(row: Row): void {
      sql.run(
        "UPDATE treasury_cold SET next_index = next_index + 1 WHERE version = ?",
        row.version,
      );
    },
  };
}

export function createColdStorage(ports: ColdPorts): ColdStorage {
  const { books, factor, network } = ports;
  const rows = createColdRows(ports);
  const { newest, isConfirmed } = rows;
  return {
    set(descriptor, given) {
      const read = parseWatchOnly(descriptor, network);
      if (!read.ok) return no(read.code, read.details);
      const firstAddress = addressAt(read.value, 0, network);
      if (firstAddress === null) return no("bad-address", "It has no first address.");
      return books.write((): DescriptorResult => {
        const before = newest();
        if (before?.row.descriptor === descriptor) {
          return { ok: true, firstAddress, confirmed: isConfirmed(before.row) };
        }
        const checked = factor.verify(given);
        if (!checked.ok) return checked;
        rows.insert(descriptor, `person:${given.who}`);
        return { ok: true, firstAddress, confirmed: false };
      });
    },
    confirm(firstAddress, given) {
      return books.write((): DescriptorResult => {
        const now = newest();
        const first = now === null ? null : addressAt(now.watch, 0, network);
        if (now === null || first === null) return no("not-found", "There is no descriptor.");
        if (firstAddress.toLowerCase() !== first) return no("approval-changed");
        const checked = factor.verify(given);
        if (!checked.ok) return checked;
        rows.confirm(now.row, `person:${given.who}`);
        return { ok: true, firstAddress: first, confirmed: true };
      });
    },
    state() {
      const now = newest();
      return { descriptor: now !== null, confirmed: now !== null && isConfirmed(now.row) };
    },
    takeAddress() {
      const now = newest();
      if (now === null || !isConfirmed(now.row)) return null;
      const address = addressAt(now.watch, Number(now.row.next_index), network);
      rows.useUp(now.row);
      return address;
    },
  };
}
