import type { ApprovalView, TreasuryView } from "@timmy/shared/money/views";
import type { DashboardState } from "./dashboard-state.ts";
import { companionMs } from "./dashboard-state.ts";
import { capital, formatAge } from "./format.ts";
import { formatSat, readMsat, sum } from "./sats.ts";

/** All that the house owns and can prove: what is still unconfirmed on chain does not count. */
export function ownedMsat({ hot, warm, cold }: TreasuryView["tiers"]): bigint {
  return sum([
    hot.balance_msat,
    hot.inflight_msat,
    hot.reserved_msat,
    warm.confirmed_msat,
    cold.balance_msat,
  ]);
}

export interface BackendWords {
  /** mock, lnd, none: which of them is in use can never be guessed wrong. */
  readonly kind: "mock" | "lnd" | "none" | "unknown";
  readonly name: string;
  /** Nothing while it simply works. */
  readonly state: string;
}

const stateWords = {
  active: "",
  locked: "locked",
  starting: "starting",
  away: "away",
  refused: "refused",
  "vault-locked": "vault locked",
} as const;

export function backendWords(treasury: TreasuryView | null): BackendWords {
  if (treasury === null) return { kind: "unknown", name: "Sats", state: "unknown" };
  const { kind, state, alias } = treasury.backend;
  if (kind === "none") return { kind, name: "Lightning", state: "none" };
  if (kind === "mock") return { kind, name: "Mock: play money", state: stateWords[state] };
  return { kind, name: alias === "" ? "LND" : alias, state: stateWords[state] };
}

/** The same at length, with what to do. */
export function backendSentence(
  state: DashboardState,
  backend: TreasuryView["backend"],
  nowMs: number,
): { readonly title: string; readonly more: string } {
  const { kind } = backend;
  if (kind === "none") {
    return { title: "No Lightning.", more: backend.sentence || "Connect a node, or use the mock." };
  }
  const isMock = kind === "mock";
  const name = isMock
    ? "Mock: this is play money."
    : `${backend.alias || "LND"}, ${backend.network}.`;
  if (backend.state === "active") {
    const lnd = `LND ${backend.version} answers.`;
    return { title: name, more: isMock ? "Nothing here is worth anything." : lnd };
  }
  const age = formatAge(companionMs(state, nowMs) - backend.since_ms);
  const title = `${name} ${capital(stateWords[backend.state])}, since ${age.replace(" ago", "")}.`;
  const books = "The books can be read; what the node knows is greyed.";
  return {
    title: title.replace("since now", "just now"),
    more: `${backend.sentence} ${books}`.trim(),
  };
}

/** How far what is shown can be believed. */
export interface Trust {
  /** The page hears the companion: the books are the present ones. */
  readonly books: boolean;
  /** The companion hears the node: channels and coins are the present ones. */
  readonly node: boolean;
  /** Since when the node's values are old, in words; empty while they are fresh. */
  readonly nodeAge: string;
}

export function trustOf(state: DashboardState, nowMs: number): Trust {
  const { treasury: known, awaySinceMs } = state.money;
  const books = state.link === "open" && awaySinceMs === null;
  if (known === null) return { books, node: false, nodeAge: "" };
  const { backend } = known.value;
  if (!books)
    return { books, node: false, nodeAge: formatAge(nowMs - (awaySinceMs ?? state.heardMs)) };
  if (backend.state === "active") return { books, node: true, nodeAge: "" };
  return { books, node: false, nodeAge: formatAge(companionMs(state, nowMs) - backend.since_ms) };
}

/** A window of policy: "day", "6 h". */
export function formatPeriod(periodMs: number): string {
  const hours = Math.round(periodMs / 3_600_000);
  if (hours === 1) return "hour";
  if (hours === 24) return "day";
  return hours % 24 === 0 ? `${hours / 24}\u202fdays` : `${hours}\u202fh`;
}

/** "agent:cook" as a person says it; a session is whoever sits at a dashboard. */
export const formatParty = (party: string): string =>
  party === "session:dashboard" ? "somebody at a dashboard" : party.replace(/^(agent|person):/, "");

/** "payment-sent" as a person says it. */
export const formatKind = (kind: string): string => kind.replaceAll("-", " ");

/** Four by four, so that two screens can be compared by eye. Nothing is left out. */
export const groupsOf = (text: string): readonly string[] => text.match(/.{1,4}/gsu) ?? [];

const kindWords = {
  withdrawal: "Withdrawal",
  sweep: "Sweep to cold storage",
  payment: "Payment",
  channel: "New channel",
} as const satisfies Record<ApprovalView["kind"], string>;
export const approvalTitle = ({ kind }: ApprovalView): string => kindWords[kind];

/** What cannot be taken back once this is approved. */
export function irrevocable(approval: ApprovalView): string {
  const most = formatSat(readMsat(approval.amount_msat) + readMsat(approval.fee_cap_msat));
  switch (approval.kind) {
    case "channel":
      return `Up to ${most} leaves the wallet. Closing the channel later costs fees and time.`;
    case "sweep":
      return `Up to ${most} leaves this machine's keys. A wrong address cannot be undone.`;
    case "payment":
    case "withdrawal":
      return `Up to ${most} leaves. A payment that went through cannot be taken back.`;
    default:
      return approval.kind satisfies never;
  }
}

const decidedWords = {
  pending: "waiting",
  approved: "approved",
  rejected: "denied",
  expired: "expired",
  executing: "executing",
  sent: "sent",
  confirmed: "confirmed",
  failed: "failed",
  auto: "within the policy",
} as const satisfies Record<ApprovalView["state"], string>;
export const approvalState = ({ state }: ApprovalView): string => decidedWords[state];
