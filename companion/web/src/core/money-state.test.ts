import { describe, expect, it } from "vitest";
import { keptJournals } from "../limits.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { createDashboardState } from "./dashboard-state.ts";
import { sampleJournals, sampleTreasury } from "./money-samples.ts";
import type { MoneyAction, MoneyState } from "./money-state.ts";
import { noMoney, reduceMoney } from "./money-state.ts";
import { sampleSnapshot } from "./sample-payloads.ts";
import type { Action } from "./store.ts";
import { reduce } from "./store.ts";

const read = (first: number, last: number, next?: number): MoneyAction => ({
  type: "list-read",
  list: { name: "journals", value: sampleJournals(first, last, next) },
  nowMs: 1,
});
const more = (first: number, last: number, next?: number): MoneyAction => ({
  type: "journals-more",
  page: sampleJournals(first, last, next),
  nowMs: 1,
});
const run = (...actions: readonly MoneyAction[]): MoneyState =>
  actions.reduce(reduceMoney, noMoney);
const shown = (state: MoneyState): readonly number[] =>
  state.lists.journals.known?.value.journals.map(({ seq }) => seq) ?? [];
const next = (state: MoneyState) => state.lists.journals.known?.value.next;

describe("the ledger on the page", () => {
  it("grows downwards page by page, and upwards as entries are written", () => {
    const state = run(read(10, 8), more(7, 5), read(12, 10));
    expect(shown(state)).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
    expect(next(state)).toBe(5);
  });
  it("drops the older entries rather than show them with a gap", () => {
    const state = run(read(10, 8), read(20, 18));
    expect(shown(state)).toEqual([20, 19, 18]);
    expect(next(state)).toBe(18);
  });
  it("shows no entry twice when a page overlaps", () => {
    expect(shown(run(read(10, 8), more(9, 6)))).toEqual([10, 9, 8, 7, 6]);
  });
  it("ends where the books end, and where the page has enough", () => {
    expect(next(run(read(3, 2), more(1, 1, 0)))).toBe(0);
    const full = run(read(2000, 1995), more(1994, 1400));
    expect(shown(full)).toHaveLength(keptJournals);
    expect(next(full)).toBe(0);
  });
});

describe("a list that fails", () => {
  it("says so and leaves what was known", () => {
    const problem = { code: "x", sentence: "No.", remedy: "", retryS: null };
    const state = run(read(3, 1), { type: "list-failed", name: "journals", problem });
    expect(state.lists.journals.problem).toBe(problem);
    expect(shown(state)).toEqual([3, 2, 1]);
    expect(run(read(3, 1)).lists.journals.problem).toBeNull();
  });
});

describe("the treasury on the stream", () => {
  const wire = (action: Extract<Action, { type: "wire" }>["event"], nowMs = 5000): Action => ({
    type: "wire",
    event: action,
    nowMs,
  });
  const told = (waiting: number): Action =>
    wire({ name: "treasury", body: sampleTreasury({ approvals_waiting: waiting }) });
  const opened = (treasury = sampleTreasury()): Action =>
    wire({ name: "snapshot", body: { ...sampleSnapshot(), treasury } });
  const page = (...actions: readonly Action[]): DashboardState =>
    actions.reduce(reduce, createDashboardState(0));

  it("comes with the snapshot", () => {
    expect(page(opened()).money.treasury?.atMs).toBe(5000);
  });
  it("stays as it was known when the treasury goes, with the time since when", () => {
    const gone = page(
      opened(),
      wire({ name: "treasury", body: null }, 7000),
      wire({ name: "treasury", body: null }, 9000),
    );
    expect(gone.money.treasury).not.toBeNull();
    expect(gone.money.awaySinceMs).toBe(7000);
    expect(reduce(gone, told(0)).money.awaySinceMs).toBeNull();
  });
  it("announces an approval more, not those that were there, nor one less", () => {
    const first = page(opened(sampleTreasury({ approvals_waiting: 2 })));
    expect(first.announcement.text).toBe("");
    const one = reduce(first, told(3));
    expect(one.announcement.text).toBe("3 approvals wait for you.");
    expect(reduce(one, told(1)).announcement.id).toBe(one.announcement.id);
    expect(reduce(page(opened()), told(1)).announcement.text).toBe("An approval waits for you.");
  });
  it("announces what became of a decision", () => {
    const said = reduce(page(opened()), { type: "decided", words: "Approved." });
    expect(said.announcement.text).toBe("Approved.");
  });
  it("takes a new proof over the old one", () => {
    const proof = { at_ms: 9, ok: true, differences: [] };
    const state = reduce(page(opened()), { type: "proved", proof, nowMs: 1 });
    expect(state.money.treasury?.value.proof).toBe(proof);
  });
  it("counts the companion's clock, not the page's", () => {
    const state = page(opened(), wire({ name: "ping", body: { now_ms: 1_000_500 } }, 5500));
    expect(state.clockOffsetMs).toBe(995_000);
  });
});
