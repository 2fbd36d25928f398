import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Shelf } from "../core/dashboard-state.ts";
import type { ListName, Lists } from "../core/money-state.ts";
import { trustOf } from "../core/money-words.ts";
import { formatSats, readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { ProblemNote } from "../ui/parts.tsx";

/** An amount: digits in groups, the unit quieter, never broken over two lines. */
export function Sats({ msat }: { readonly msat: string | bigint }): JSX.Element {
  const amount = typeof msat === "bigint" ? msat : readMsat(msat);
  return (
    <span class="sats">
      {formatSats(amount)}
      <span class="unit"> sat</span>
    </span>
  );
}

/** A list of the companion's; read when a component first needs it, and whenever money changed. */
export function useList<N extends ListName>(dash: Dash, name: N): Shelf<Lists[N]> {
  const changedMs = useSelect(dash, (state) => state.money.treasury?.atMs ?? -1);
  const hears = useSelect(dash, (state, nowMs) => trustOf(state, nowMs).books);
  useEffect(() => {
    if (hears) void dash.money.load(name);
  }, [dash, name, changedMs, hears]);
  return useSelect(dash, (state) => state.money.lists[name]);
}

interface ListBodyProps<T> {
  readonly dash: Dash;
  readonly shelf: Shelf<T>;
  readonly isEmpty: (value: T) => boolean;
  readonly empty: string;
  readonly children: (value: T) => ComponentChildren;
}

/** The states of every list: loading, failed, empty, there; a failure leaves what was known. */
export function ListBody<T>(props: ListBodyProps<T>): JSX.Element {
  const { dash, shelf, isEmpty, empty, children } = props;
  const hears = useSelect(dash, (state, nowMs) => trustOf(state, nowMs).books);
  const { known, problem } = shelf;
  if (known === null && problem === null) {
    return <p class="quiet">{hears ? "Reading..." : "Not read yet. Waiting for the treasury."}</p>;
  }
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {known === null ? null : isEmpty(known.value) ? (
        <p class="quiet">{empty}</p>
      ) : (
        children(known.value)
      )}
    </>
  );
}

/** Since when values of the node are old; empty while they are the present ones. */
export const useNodeAge = (dash: Dash): string =>
  useSelect(dash, (state, nowMs) => {
    const trust = trustOf(state, nowMs);
    return trust.node ? "" : trust.nodeAge;
  });
export const useBooksAge = (dash: Dash): string =>
  useSelect(dash, (state, nowMs) => {
    const trust = trustOf(state, nowMs);
    return trust.books ? "" : trust.nodeAge;
  });
