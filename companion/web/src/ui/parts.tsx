import type { ComponentChildren, JSX } from "preact";
import { companionMs } from "../core/dashboard-state.ts";
import { formatMoment, formatSince } from "../core/format.ts";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { WarnIcon } from "./icons.tsx";

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
