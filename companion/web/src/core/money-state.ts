import type {
  ApprovalsView,
  EarningsView,
  JournalsView,
  LndView,
  MarketView,
  PaymentsView,
  TreasuryView,
} from "@timmy/shared/money/views";
import { keptJournals } from "../limits.ts";
import type { Known, Shelf } from "./dashboard-state.ts";
import type { Problem } from "./problem.ts";

/** What a screen asks for; the treasury itself comes by the event stream. */
export interface Lists {
  readonly approvals: ApprovalsView;
  readonly earnings: EarningsView;
  readonly journals: JournalsView;
  readonly lnd: LndView;
  readonly market: MarketView;
  readonly payments: PaymentsView;
}
export type ListName = keyof Lists;

export interface MoneyState {
  readonly treasury: Known<TreasuryView> | null;
  /** Since when the process that holds the money is away, as far as the page has heard. */
  readonly awaySinceMs: number | null;
  readonly lists: { readonly [N in ListName]: Shelf<Lists[N]> };
}

export type ListChange = {
  [N in ListName]: { readonly name: N; readonly value: Lists[N] };
}[ListName];

export type MoneyAction =
  | { readonly type: "list-read"; readonly list: ListChange; readonly nowMs: number }
  | { readonly type: "list-failed"; readonly name: ListName; readonly problem: Problem }
  /** Older entries of the journal, below those that are shown. */
  | { readonly type: "journals-more"; readonly page: JournalsView; readonly nowMs: number }
  | {
      readonly type: "proved";
      readonly proof: NonNullable<TreasuryView["proof"]>;
      readonly nowMs: number;
    }
  /** A person's decision went through, or was refused; said aloud. */
  | { readonly type: "decided"; readonly words: string };

const nothing = { known: null, problem: null } as const;

export const noMoney: MoneyState = {
  treasury: null,
  awaySinceMs: null,
  lists: {
    approvals: nothing,
    earnings: nothing,
    journals: nothing,
    lnd: nothing,
    market: nothing,
    payments: nothing,
  },
};

/** The newest view; null says that the treasury is away, and leaves what was known in its place. */
export function hearTreasury(
  state: MoneyState,
  view: TreasuryView | null,
  nowMs: number,
): MoneyState {
  if (view === null) return { ...state, awaySinceMs: state.awaySinceMs ?? nowMs };
  return { ...state, treasury: { value: view, atMs: nowMs }, awaySinceMs: null };
}

export function reduceMoney(state: MoneyState, action: MoneyAction): MoneyState {
  switch (action.type) {
    case "list-read":
      return onRead(state, action.list, action.nowMs);
    case "list-failed": {
      const shelf = { ...state.lists[action.name], problem: action.problem };
      return { ...state, lists: { ...state.lists, [action.name]: shelf } };
    }
    case "journals-more": {
      const before = state.lists.journals.known?.value ?? null;
      const value = appendJournals(before, action.page);
      return shelve(state, { name: "journals", value }, action.nowMs);
    }
    case "proved": {
      if (state.treasury === null) return state;
      const value = { ...state.treasury.value, proof: action.proof };
      return { ...state, treasury: { ...state.treasury, value } };
    }
    case "decided":
      return state;
    default:
      return action satisfies never;
  }
}

function onRead(state: MoneyState, list: ListChange, nowMs: number): MoneyState {
  if (list.name !== "journals") return shelve(state, list, nowMs);
  const value = prependJournals(list.value, state.lists.journals.known?.value ?? null);
  return shelve(state, { name: "journals", value }, nowMs);
}

function shelve(state: MoneyState, list: ListChange, nowMs: number): MoneyState {
  const shelf = { known: { value: list.value, atMs: nowMs }, problem: null };
  return { ...state, lists: { ...state.lists, [list.name]: shelf } };
}

/**
 * The newest page over the older entries that are already shown. Where more was written in between
 * than a page holds, the older ones go: a ledger with a gap in it is worse than a short one.
 */
function prependJournals(newest: JournalsView, known: JournalsView | null): JournalsView {
  const last = newest.journals.at(-1)?.seq;
  const first = known?.journals[0]?.seq;
  if (known === null || last === undefined || first === undefined || first < last - 1) {
    return newest;
  }
  const older = known.journals.filter(({ seq }) => seq < last);
  if (older.length === 0) return newest;
  return { journals: [...newest.journals, ...older], next: known.next };
}

function appendJournals(known: JournalsView | null, page: JournalsView): JournalsView {
  const last = known?.journals.at(-1)?.seq;
  if (known === null || last === undefined) return page;
  const older = page.journals.filter(({ seq }) => seq < last);
  const journals = [...known.journals, ...older].slice(0, keptJournals);
  const isFull = known.journals.length + older.length >= keptJournals;
  return { journals, next: isFull || older.length === 0 ? 0 : page.next };
}
