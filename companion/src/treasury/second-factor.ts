import type { Clock } from "@timmy/shared/ports/time";
import { encode, renderUnicodeCompact } from "uqr";
import type { Books } from "../ledger/port.ts";
import type { ElapsedTime } from "./elapsed-time.ts";
import type { KeyRing } from "./key-file.ts";
import { lockMs, maxApprovers, maxWrongCodes } from "./limits.ts";
import type { Done, Enrolment, EnrolResult, Factor, Refusal } from "./port.ts";
import { matchingStep, otpauthUri } from "./totp.ts";

/** RFC 4226, section 4, R6: 160 bits. */
const secretBytes = 20;

/** The people who may decide, each with an authenticator. */
export interface SecondFactor {
  /** Uses the code up, or counts a wrong one; inside a transaction that is kept either way. */
  verify(factor: Factor): Done;
  enrol(who: string, factor?: Factor): EnrolResult;
  confirm(who: string, code: string): Done;
  approvers(): readonly string[];
  /** Whose code this is; the first approver for one that is nobody's, so that it counts there. */
  whose(code: string): string;
}

interface Row {
  readonly who: string;
  readonly secret: string;
  readonly confirmed: bigint;
  readonly last_step: bigint;
  readonly wrong: bigint;
  readonly locked_until_elapsed_ms: bigint;
}
interface FactorPorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly elapsed: ElapsedTime;
  readonly keys: KeyRing;
  readonly randomBytes: (count: number) => Uint8Array;
}

const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });
const boxName = (who: string) => `approver ${who}`;
const isName = (who: string) => /^[a-z][a-z0-9-]{0,30}$/.test(who);

/** Judges codes. It counts wrong ones, locks, and uses right ones up; inside a transaction. */
function createCodeCheck({ books, clock, elapsed, keys }: FactorPorts) {
  const { sql } = books;
  /** Steps that this process saw used: a row that was turned back makes none of them good. */
  const used = new Map<string, number>();
  const isLocked = (row: Row, nowMs: number) => nowMs < Number(row.locked_until_elapsed_ms);
  function stepOf(row: Row, code: string): number | null {
    const digits = /^[0-9]{6}$/.test(code) ? code : "";
    const secret = keys.decrypt(boxName(row.who), row.secret);
    const last = Math.max(Number(row.last_step), used.get(row.who) ?? -1);
    return matchingStep(secret, digits, clock.wallMs(), last);
  }
  /** Looks only. While the first is locked nobody else's is looked for: guesses count for all. */
  function whose(rows: readonly Row[], code: string): Row | null {
    const [first] = rows;
    if (first === undefined || isLocked(first, elapsed.nowMs())) return first ?? null;
    return rows.find((row) => stepOf(row, code) !== null) ?? first;
  }
  function check(row: Row, code: string): Done {
    const nowMs = elapsed.keep();
    if (isLocked(row, nowMs)) return no("codes-locked");
    const step = stepOf(row, code);
    if (step !== null) {
      used.set(row.who, step);
      const right = "UPDATE treasury_approvers SET last_step = ?, wrong = 0 WHERE who = ?";
      sql.run(right, BigInt(step), row.who);
      return { ok: true };
    }
    const wrong = Number(row.wrong) + 1;
    const locks = wrong >= maxWrongCodes;
    sql.run(
      "UPDATE treasury_approvers SET wrong = ?, locked_until_elapsed_ms = ? WHERE who = ?",
      BigInt(locks ? 0 : wrong),
      BigInt(locks ? nowMs + lockMs : 0),
      row.who,
    );
    return locks ? no("codes-locked") : no("bad-code");
  }
  return { check, whose };
}

function enrolmentOf(who: string, secret: Uint8Array): Enrolment {
  const uri = otpauthUri(who, secret);
  const { data } = encode(uri, { ecc: "M" });
  return { otpauthUri: uri, qrText: renderUnicodeCompact(uri, { ecc: "M" }), qrModules: data };
}

export function createSecondFactor(ports: FactorPorts): SecondFactor {
  const { books, clock, keys, randomBytes } = ports;
  const { sql } = books;
  const rowOf = (who: string) =>
    sql.get<Row>("SELECT * FROM treasury_approvers WHERE who = ?", who);
  const { check, whose } = createCodeCheck(ports);
  const confirmed = () =>
    sql.all<Row>("SELECT * FROM treasury_approvers WHERE confirmed = 1 ORDER BY created_ms, who");
  const approvers = () => confirmed().map((row) => row.who);

  function verify(factor: Factor): Done {
    return books.write(() => {
      const { who, code } = factor;
      const row = typeof who === "string" && isName(who) ? rowOf(who) : null;
      if (row === null || row.confirmed === 0n || typeof code !== "string") {
        return no(approvers().length === 0 ? "no-approver" : "bad-code");
      }
      return check(row, code);
    });
  }
  return {
    verify,
    approvers,
    whose: (code) => whose(confirmed(), code)?.who ?? "owner",
    enrol(who, factor) {
      return books.write((): EnrolResult => {
        if (!isName(who)) return no("bad-payload", "A name is a-z, 0-9 and dashes.");
        const known = approvers();
        if (known.includes(who)) return no("duplicate-key", "This person is enrolled.");
        if (known.length >= maxApprovers) return no("rate-limited", "No more people.");
        if (known.length > 0) {
          const allowed = factor === undefined ? no("approval-needed") : verify(factor);
          if (!allowed.ok) return allowed;
        }
        const secret = randomBytes(secretBytes);
        sql.run("DELETE FROM treasury_approvers WHERE who = ? AND confirmed = 0", who);
        sql.run(
          "INSERT INTO treasury_approvers VALUES (?, ?, ?, 0, -1, 0, 0)",
          who,
          BigInt(Math.floor(clock.wallMs())),
          keys.encrypt(boxName(who), secret),
        );
        return { ok: true, ...enrolmentOf(who, secret) };
      });
    },
    confirm(who, code) {
      return books.write(() => {
        const row = rowOf(who);
        if (row === null || row.confirmed === 1n) return no("no-approver", "Enrol first.");
        const checked = check(row, code);
        if (checked.ok) sql.run("UPDATE treasury_approvers SET confirmed = 1 WHERE who = ?", who);
        return checked;
      });
    },
  };
}
