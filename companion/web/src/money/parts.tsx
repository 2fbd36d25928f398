import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ListName, Lists, Shelf } from "../core/money-state.ts";
import { companionMs, formatMoment, formatSince, trustOf } from "../core/money-words.ts";
import type { Problem } from "../core/problem.ts";
import { formatSats, readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { WarnIcon } from "../ui/icons.tsx";

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

/** When something was: its age, with the exact time in the title. */
export function Ago({ dash, atMs }: { readonly dash: Dash; readonly atMs: number }): JSX.Element {
  const words = useSelect(dash, (state, nowMs) => formatSince(atMs, companionMs(state, nowMs)));
  return (
    <time class="sats" dateTime={new Date(atMs).toISOString()} title={formatMoment(atMs)}>
      {words}
    </time>
  );
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** What can be done here, at the end of the heading's line. */
  readonly acts?: ComponentChildren;
  /** The values are old since then; said beside the title, and they fade. */
  readonly old?: string;
  readonly children: ComponentChildren;
}

/** A part of a screen under a thin rule; its heading takes the focus when it is jumped to. */
export function Section({ id, title, acts, old = "", children }: SectionProps): JSX.Element {
  return (
    <section class={old === "" ? "sheet" : "sheet old"} aria-labelledby={`${id}-title`}>
      <header class="sheet-head">
        <h3 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h3>
        {old === "" ? null : <p class="age">last known, {old}</p>}
        {acts}
      </header>
      <div class="sheet-body">{children}</div>
    </section>
  );
}

export function ProblemNote({ problem }: { readonly problem: Problem }): JSX.Element {
  return (
    <div class="problem">
      <WarnIcon />
      <p>
        <strong>{problem.sentence}</strong> {problem.remedy}
        {problem.retryS === null ? null : ` It may work again in ${problem.retryS}\u202fs.`}
      </p>
    </div>
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

interface MeterProps {
  /** What a screen reader says instead of the bar. */
  readonly label: string;
  readonly share: number;
  /** Places on the bar that mean something, 0 to 1. */
  readonly marks?: readonly number[];
}

/** A bar of one value, with marks. The figures stand beside it in words. */
export function Meter({ label, share, marks = [] }: MeterProps): JSX.Element {
  return (
    <svg
      class="meter"
      viewBox="0 0 1000 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect class="meter-rim" width="1000" height="10" />
      <rect class="meter-fill" width={Math.round(share * 1000)} height="10" />
      {marks.map((mark) => (
        <path key={mark} class="meter-mark" d={`M${Math.round(mark * 1000)} 0v10`} />
      ))}
    </svg>
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
