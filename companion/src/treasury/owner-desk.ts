import { parseMsat } from "@timmy/shared/money/amount";
import { type Books, type Party, partyAccount } from "../ledger/port.ts";
import { dayMs, defaultPolicy, maxReportDays } from "./limits.ts";
import { faultOfLimits } from "./policy.ts";
import type { AskedMsat, Done, Factor, PolicyChange, PolicyLimits, Refusal } from "./port.ts";
import type { SecondFactor } from "./second-factor.ts";
import type { TreasuryGate } from "./spending-gate.ts";

/** What the owner may change, each with the second factor; only to stop spending needs none. */
export interface OwnerDesk {
  setKillSwitch(on: boolean, factor?: Factor): Done;
  setPolicy(change: PolicyChange, factor: Factor): Done;
  setBudget(
    party: Party,
    budget: { readonly limitMsat: AskedMsat; readonly periodMs: number },
    factor: Factor,
  ): Done;
  /** Gives an agent money of the owner's, inside the books. */
  fund(party: Party, amountMsat: AskedMsat, factor: Factor): Done;
  prove(factor: Factor): Done;
}

const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });
const isParty = (party: string) => /^(owner|agent:[A-Za-z0-9._@/-]{1,80})$/.test(party);
const minPeriodMs = 60_000;
const maxPeriodMs = maxReportDays * dayMs;

interface OwnerPorts {
  readonly books: Books;
  readonly gate: TreasuryGate;
  readonly factor: SecondFactor;
  readonly makeId: () => string;
}

function switchKill({ gate, factor }: OwnerPorts, on: boolean, given?: Factor): Done {
  const { store } = gate;
  if (on) {
    if (!store.killed()) store.setKilled(true, given === undefined ? "anybody" : given.who);
    return { ok: true };
  }
  if (given === undefined) return no("approval-needed");
  const checked = factor.verify(given);
  if (checked.ok) store.setKilled(false, `person:${given.who}`);
  return checked;
}

function changePolicy({ gate, factor }: OwnerPorts, change: PolicyChange, given: Factor): Done {
  const { store } = gate;
  // A policy that nobody sealed is replaced from the defaults, not mended.
  const before = store.policy() ?? defaultPolicy;
  const known = Object.keys(defaultPolicy);
  const stranger = Object.keys(change).find((name) => !known.includes(name));
  if (stranger !== undefined) return no("bad-payload", `There is no limit ${stranger}.`);
  const merged = { ...before, ...change } as Record<string, unknown>;
  const entries = known.map((name) => [name, merged[name]]);
  const limits: PolicyLimits = { ...defaultPolicy, ...Object.fromEntries(entries) };
  const fault = faultOfLimits(limits);
  if (fault !== null) return no("bad-payload", fault);
  const checked = factor.verify(given);
  if (checked.ok) store.setPolicy(limits, `person:${given.who}`);
  return checked;
}

function allot(
  { gate, factor }: OwnerPorts,
  party: Party,
  { limitMsat, periodMs }: { readonly limitMsat: AskedMsat; readonly periodMs: number },
  given: Factor,
): Done {
  const isZero = limitMsat === 0n || limitMsat === 0 || limitMsat === "0";
  const limit = isZero ? 0n : parseMsat(limitMsat);
  if (limit === null) return no("bad-amount");
  if (!isParty(party)) return no("bad-payload", "party");
  if (!Number.isInteger(periodMs) || periodMs < minPeriodMs || periodMs > maxPeriodMs) {
    return no("bad-payload", "A period is between a minute and a year.");
  }
  const checked = factor.verify(given);
  if (checked.ok) gate.store.setBudget(party, limit, periodMs, `person:${given.who}`);
  return checked;
}

function give(ports: OwnerPorts, party: Party, amount: AskedMsat, given: Factor): Done {
  const { ledger } = ports.books;
  const amountMsat = parseMsat(amount);
  if (amountMsat === null) return no("bad-amount");
  if (!party.startsWith("agent:") || !isParty(party)) return no("bad-payload", "party");
  if (ledger.balance("party:owner").availableMsat < amountMsat) return no("balance-too-low");
  const checked = ports.factor.verify(given);
  if (!checked.ok) return checked;
  const posted = ledger.post({
    key: `fund:${ports.makeId()}`,
    kind: "funding",
    actor: `person:${given.who}`,
    note: "the owner gives an agent money",
    reference: "",
    party,
    service: "",
    postings: [
      { account: "party:owner", amountMsat },
      { account: partyAccount(party), amountMsat: -amountMsat },
    ],
  });
  return posted.ok ? checked : no(posted.reason, posted.details);
}

export function createOwnerDesk(ports: OwnerPorts): OwnerDesk {
  const { write } = ports.books;
  return {
    setKillSwitch: (on, given) => write(() => switchKill(ports, on, given)),
    setPolicy: (change, given) => write(() => changePolicy(ports, change, given)),
    setBudget: (party, budget, given) => write(() => allot(ports, party, budget, given)),
    fund: (party, amount, given) => write(() => give(ports, party, amount, given)),
    prove: (given) => write(() => ports.factor.verify(given)),
  };
}
