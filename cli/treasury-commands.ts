import { journalCsv } from "@timmy/companion/ledger/journal-csv";
import { signStatement } from "@timmy/companion/ledger/statement";
import { trialBalance } from "@timmy/companion/ledger/trial-balance";
import { moneyFiles } from "@timmy/companion/money/money-files";
import { openStatementKey } from "@timmy/companion/money/statement-key";
import type { Factor, PolicyChange, Refusal, Treasury } from "@timmy/companion/treasury/port";
import { TimmyError } from "@timmy/shared/errors";
import { formatMsat, parseSat } from "@timmy/shared/money/amount";
import type { TreasuryView } from "@timmy/shared/money/views";
import { ask } from "./ask.ts";
import { writeLines } from "./text-file.ts";
import { textTable } from "./text-table.ts";
import { askRunning, withBooks, withTreasury } from "./treasury-books.ts";
import type { TreasuryOptions } from "./treasury-options.ts";

type Command = (options: TreasuryOptions) => number | Promise<number>;
type Proof = TreasuryView["proof"];

const dayMs = 86_400_000;
const print = (text: string) => process.stdout.write(text);
const printJson = (value: unknown) =>
  print(
    `${JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))}\n`,
  );
const refuse = ({ code, details }: Refusal): never => {
  throw new TimmyError(code, details);
};
const word = (options: TreasuryOptions, index: number, what: string): string => {
  const found = options.words[index];
  if (found === undefined) throw new TimmyError("usage", `${what} is missing.`);
  return found;
};
const satOf = (text: string): bigint => {
  const amount = text === "0" ? 0n : parseSat(text);
  if (amount === null) throw new TimmyError("bad-amount", `"${text}" satoshi.`);
  return amount;
};

/** A code of anybody who may decide. */
async function askCode(treasury: Treasury, what: string): Promise<Factor> {
  const names = treasury.approvers();
  const code = await ask(`${what} of ${names.join(" or ") || "owner"}: `);
  return { who: treasury.whose(code), code };
}

function balance(options: TreasuryOptions): number {
  return withBooks(options, (books) => {
    const trial = trialBalance(books);
    if (options.json) {
      printJson(trial);
      return trial.ok ? 0 : 1;
    }
    const heads: Record<string, string> = { asset: "Where it lies", party: "Whose it is" };
    for (const { name, lines } of trial.groups) {
      print(`${heads[name] ?? name}\n`);
      const rows = lines.map(({ account, postedMsat, heldMsat }) => [
        account.slice(name.length + 1),
        formatMsat(postedMsat),
        heldMsat === 0n ? "" : `(held ${formatMsat(heldMsat)})`,
      ]);
      print(textTable(rows));
    }
    print(`${trial.ok ? "Adds up" : "DOES NOT ADD UP"} over ${trial.seq} journals.\n`);
    return trial.ok ? 0 : 1;
  });
}

function verify(options: TreasuryOptions): number {
  return withBooks(options, (books) => {
    const faults = books.ledger.verify();
    const { seq, hash } = books.ledger.head();
    if (options.json) printJson({ ok: faults.length === 0, seq, hash, faults });
    else if (faults.length === 0) print(`${seq} journals, nothing wrong. Head ${hash}\n`);
    else for (const { kind, sentence } of faults) print(`${kind}: ${sentence}\n`);
    return faults.length === 0 ? 0 : 1;
  });
}

function exportJournals(options: TreasuryOptions): number {
  return withBooks(options, (books) => {
    writeLines(options.out, journalCsv(books));
    return 0;
  });
}

function statement(options: TreasuryOptions): number {
  return withBooks(options, (books) => {
    const toMs = Date.now();
    const key = openStatementKey(moneyFiles(options.data));
    const signed = signStatement(books, { fromMs: toMs - options.days * dayMs, toMs }, key);
    writeLines(options.out, [`${JSON.stringify(signed, null, 2)}\n`]);
    return 0;
  });
}

function report(options: TreasuryOptions): Promise<number> {
  return withTreasury(options, "books", ({ money }) => {
    const { treasury } = money();
    const { earnings, approvals, holds, proof, rebalancing } = treasury.report(options.days);
    if (options.json) {
      printJson({ earnings, approvals, holds, proof, rebalancing });
      return 0;
    }
    print(`The last ${options.days} days\n`);
    const sat = (msat: string) => formatMsat(BigInt(msat));
    const { totals } = earnings;
    print(
      textTable([
        ["earned", sat(totals.earned_msat)],
        ["earned by forwarding", sat(totals.routing_earned_msat)],
        ["fees of payments", sat(totals.payment_fees_msat)],
        ["fees on chain", sat(totals.chain_fees_msat)],
        ["rebalancing", sat(totals.rebalance_msat)],
      ]),
    );
    const earned = earnings.days.flatMap(({ day, earned: rows }) =>
      rows.map(({ party, service, amount_msat }) => [day, party, service, sat(amount_msat)]),
    );
    print(earned.length === 0 ? "Nothing was earned.\n" : `Earned\n${textTable(earned)}`);
    const waits = approvals.approvals.filter(({ state }) => state === "pending");
    const asked = waits.map((a) => [a.id, a.kind, sat(a.amount_msat), a.why]);
    print(waits.length === 0 ? "Nothing waits for a person.\n" : `Waiting\n${textTable(asked)}`);
    const held = holds.map((h) => [
      h.purpose,
      h.party,
      formatMsat(h.amountMsat),
      `${Math.round(h.ageMs / 60_000)} min`,
    ]);
    if (held.length > 0) print(`Held\n${textTable(held)}`);
    print(`Rebalancing: ${rebalancing}\n`);
    return 0;
  });
}

async function reconcile(options: TreasuryOptions): Promise<number> {
  const running = (await askRunning(options, "POST", "/api/treasury/reconcile")) as Proof;
  const proof =
    running ??
    (await withTreasury(options, "node", async (host) => {
      await host.money().reconciler.run();
      return host.view().proof;
    }));
  if (options.json) printJson(proof);
  else if (proof === null) print("The node was never asked.\n");
  else if (proof.ok) print("The books agree with the node to the millisatoshi.\n");
  else {
    const rows = proof.differences.map((d) => [d.account, d.ledger_msat, d.node_msat, d.sentence]);
    print(textTable([["account", "books", "node", ""], ...rows]));
  }
  return proof?.ok === true ? 0 : 1;
}

function enrol(options: TreasuryOptions): Promise<number> {
  const who = options.words[0] ?? "owner";
  return withTreasury(options, "books", async ({ money }) => {
    const { treasury } = money();
    const factor = treasury.approvers().length === 0 ? undefined : await askCode(treasury, "Code");
    const made = treasury.enrol(who, factor);
    if (!made.ok) return refuse(made);
    print(`Scan this with an authenticator app; it is shown once.\n\n${made.qrText}\n\n`);
    print(`Or type it in: ${made.otpauthUri}\n`);
    const done = treasury.confirmEnrolment(who, await ask("The code that it shows: "));
    if (!done.ok) return refuse(done);
    print(`${who} approves from now on.\n`);
    return 0;
  });
}

/** What an empty allow list means. */
const everybody = "anybody under the caps; no withdrawal without a person";
/** Names of the limits on the command line, and which of them are amounts. */
const limitNames: Readonly<Record<string, keyof PolicyChange>> = {
  "per-payment": "perPaymentMsat",
  "per-hour": "perHourMsat",
  "per-day": "perDayMsat",
  "per-party-day": "perPartyDayMsat",
  "fee-base": "feeBaseMsat",
  "fee-ppm": "feePpm",
  "auto-withdrawal": "autoWithdrawalMsat",
  "sweep-at": "sweepAtMsat",
  "sweep-to": "sweepToMsat",
  "rebalance-day": "rebalanceDayMsat",
  allow: "allow",
};

function readChange(sets: readonly string[]): PolicyChange {
  const changes = sets.map((text): [string, unknown] => {
    const at = text.indexOf("=");
    const name = limitNames[text.slice(0, at)];
    const value = text.slice(at + 1);
    if (at < 1 || name === undefined) {
      throw new TimmyError("usage", `--set ${text}: one of ${Object.keys(limitNames).join(", ")}.`);
    }
    if (name === "allow") return [name, value.split(",").filter((part) => part !== "")];
    return [name, name === "feePpm" ? Number(value) : satOf(value)];
  });
  return Object.fromEntries(changes) as PolicyChange;
}

function policy(options: TreasuryOptions): Promise<number> {
  return withTreasury(options, "books", async ({ money }) => {
    const { treasury } = money();
    if (options.set.length > 0) {
      const change = readChange(options.set);
      const done = treasury.setPolicy(change, await askCode(treasury, "Code"));
      if (!done.ok) return refuse(done);
    }
    const now = treasury.policy();
    if (options.json) {
      printJson(now);
      return 0;
    }
    const rows = Object.entries(limitNames).map(([name, key]) => {
      const value = now[key];
      if (typeof value === "bigint") return [name, formatMsat(value)];
      return [name, typeof value === "number" ? `${value} ppm` : value.join(", ") || everybody];
    });
    print(textTable(rows));
    return 0;
  });
}

function budget(options: TreasuryOptions): Promise<number> {
  const party = `agent:${word(options, 0, "The agent")}` as const;
  const limitMsat = satOf(word(options, 1, "The amount"));
  const days = Number(word(options, 2, "The period in days"));
  return withTreasury(options, "books", async ({ money }) => {
    const { treasury } = money();
    const factor = await askCode(treasury, "Code");
    const done = treasury.setBudget(party, { limitMsat, periodMs: days * dayMs }, factor);
    if (!done.ok) return refuse(done);
    print(`${party} may spend ${formatMsat(limitMsat)} in ${days} days.\n`);
    return 0;
  });
}

function fund(options: TreasuryOptions): Promise<number> {
  const party = `agent:${word(options, 0, "The agent")}` as const;
  const amountMsat = satOf(word(options, 1, "The amount"));
  return withTreasury(options, "books", async ({ money }) => {
    const { treasury } = money();
    const factor = await askCode(treasury, "Code");
    const done = treasury.fund(party, amountMsat, factor);
    if (!done.ok) return refuse(done);
    print(`${party} got ${formatMsat(amountMsat)} of the owner's.\n`);
    return 0;
  });
}

function cold(options: TreasuryOptions): Promise<number> {
  const descriptor = word(options, 0, "The descriptor");
  return withTreasury(options, "books", async ({ money }) => {
    const { treasury } = money();
    const set = treasury.setDescriptor(descriptor, await askCode(treasury, "Code"));
    if (!set.ok) return refuse(set);
    print(`The first address is ${set.firstAddress}\n`);
    print("Compare it on the signing device, then type it from there.\n");
    const typed = await ask("Address: ");
    const done = treasury.confirmDescriptor(typed, await askCode(treasury, "The next code"));
    if (!done.ok) return refuse(done);
    print("Sweeps go there, each to a fresh address.\n");
    return 0;
  });
}

export const treasuryCommands: Readonly<Record<string, Command>> = {
  balance,
  report,
  reconcile,
  verify,
  export: exportJournals,
  statement,
  enrol,
  policy,
  budget,
  fund,
  cold,
};
