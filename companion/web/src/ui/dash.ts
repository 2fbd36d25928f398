import type { ReadonlySignal } from "@preact/signals";
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { DashboardState } from "../core/dashboard-state.ts";
import type { DriveInput } from "../core/drive-input.ts";
import type { Route } from "../core/route.ts";
import type { Screens } from "../screens.tsx";
import type { AgentApi } from "../shell/agent-api.ts";
import type { MoneyApi } from "../shell/money-api.ts";
import type { RobotApi } from "../shell/robot-api.ts";
import type { ThemeChoice } from "../shell/theme.ts";

export type DriveStatus = "closed" | "opening" | "open" | "broken";

/** All that a component may read or do. */
export interface Dash {
  readonly state: ReadonlySignal<DashboardState>;
  /** The page's own clock, twice a second: enough for ages. */
  readonly nowMs: ReadonlySignal<number>;
  readonly monotonicMs: () => number;
  readonly api: RobotApi;
  readonly agent: AgentApi;
  readonly money: MoneyApi;
  readonly route: ReadonlySignal<Route>;
  /** All but the house; a second part of the page, so that the stop is there first. */
  readonly screens: ReadonlySignal<Screens | "loading" | "failed">;
  /** Puts a text on the clipboard; false where the browser does not let the page. */
  readonly copy: (text: string) => Promise<boolean>;
  /** A fresh idempotency key. */
  readonly newKey: () => string;
  readonly drive: {
    readonly status: ReadonlySignal<DriveStatus>;
    readonly held: ReadonlySignal<DriveInput>;
    switchTo(on: boolean): void;
    hold(input: DriveInput): void;
  };
  readonly theme: {
    readonly choice: ReadonlySignal<ThemeChoice>;
    readonly shown: ReadonlySignal<"light" | "dark">;
    next(): void;
  };
  readonly reducedMotion: () => boolean;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const one = Object.entries(a);
  const other = b as Readonly<Record<string, unknown>>;
  if (one.length !== Object.keys(b).length) return false;
  return one.every(([key, value]) => Object.is(value, other[key]));
}

/** A part of the state; the component renders again only when that part changed. */
export function useSelect<T>(dash: Dash, pick: (state: DashboardState, nowMs: number) => T): T {
  const last = useRef<{ value: T } | null>(null);
  return useComputed(() => {
    const value = pick(dash.state.value, dash.nowMs.value);
    if (last.current === null || !isSame(last.current.value, value)) last.current = { value };
    return last.current.value;
  }).value;
}
