/** Lets a failing model rest: closed, then open for a while, then one trial decides. */
export interface BreakerState {
  readonly failures: number;
  /** Monotonic milliseconds until which nothing is asked; null while closed. */
  readonly openUntilMs: number | null;
  /** One question is under way that decides whether it closes again. */
  readonly trying: boolean;
}
export const closedBreaker: BreakerState = { failures: 0, openUntilMs: null, trying: false };

export interface BreakerOptions {
  readonly failures: number;
  readonly restMs: number;
}

export function mayAsk(state: BreakerState, nowMs: number): boolean {
  return state.openUntilMs === null || (nowMs >= state.openUntilMs && !state.trying);
}

export function asked(state: BreakerState): BreakerState {
  return state.openUntilMs === null ? state : { ...state, trying: true };
}

/** `unknown` is a question that was taken back: it says nothing about the model. */
export function answered(
  state: BreakerState,
  outcome: "good" | "bad" | "unknown",
  nowMs: number,
  options: BreakerOptions,
): BreakerState {
  if (outcome === "good") return closedBreaker;
  if (outcome === "unknown") return { ...state, trying: false };
  const failures = state.failures + 1;
  const opens = state.openUntilMs !== null || failures >= options.failures;
  return { failures, openUntilMs: opens ? nowMs + options.restMs : null, trying: false };
}
