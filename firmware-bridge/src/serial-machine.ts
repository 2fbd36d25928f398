/** Why a device could not be opened. */
export type SerialRefusal = "absent" | "locked" | "denied" | "failed";

export type SerialInput =
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  /** The devices that the path or pattern names now. */
  | { readonly kind: "found"; readonly paths: readonly string[] }
  | { readonly kind: "opened"; readonly attempt: number }
  | { readonly kind: "failed"; readonly attempt: number; readonly reason: SerialRefusal }
  | { readonly kind: "lost"; readonly attempt: number }
  | { readonly kind: "released"; readonly attempt: number };

export type SerialEffect =
  | { readonly kind: "search" }
  | { readonly kind: "open"; readonly path: string; readonly attempt: number }
  | { readonly kind: "release"; readonly attempt: number }
  | { readonly kind: "tell"; readonly what: "opened" | "closed" }
  | { readonly kind: "note"; readonly path: string | null; readonly reason: SerialRefusal };

export interface SerialState {
  readonly phase: "closed" | "searching" | "opening" | "open" | "closing";
  /** The owner asked for it to be open and was not told otherwise yet. */
  readonly wanted: boolean;
  /** Numbers every opening: what an older one says late is not about the present one. */
  readonly attempt: number;
  readonly path: string | null;
  /** Devices that were found and not tried yet. */
  readonly rest: readonly string[];
  readonly lastGood: string | null;
  /** Calls of `open` that had to wait for the system to open or close a device. */
  readonly waited: number;
}

/** A system call on a device that vanished may never come back: after so many calls we go on. */
const maxWaits = 3;

export const serialAtRest: SerialState = {
  phase: "closed",
  wanted: false,
  attempt: 0,
  path: null,
  rest: [],
  lastGood: null,
  waited: 0,
};

export interface SerialStep {
  readonly state: SerialState;
  readonly effects: readonly SerialEffect[];
}

/**
 * Finding, opening and releasing a serial device: a pure step. Each `open` is one try over all
 * devices found, the last good one first; when to try again is the link's decision.
 */
export function stepSerial(state: SerialState, input: SerialInput): SerialStep {
  switch (input.kind) {
    case "open":
      return open(state);
    case "close":
      return close(state);
    case "found":
      return found(state, input.paths);
    case "opened":
      return opened(state, input.attempt);
    case "failed":
      return failed(state, input);
    case "lost":
      return lost(state, input.attempt);
    case "released":
      return released(state, input.attempt);
  }
}

const search = (state: SerialState): SerialStep => ({
  state: { ...state, phase: "searching", wanted: true, path: null, rest: [], waited: 0 },
  effects: [{ kind: "search" }],
});

function open(state: SerialState): SerialStep {
  const { phase, waited, attempt } = state;
  if (phase === "closed") return search(state);
  if (phase === "open") return { state, effects: [] };
  if (phase !== "searching" && waited + 1 >= maxWaits) {
    return search({ ...state, attempt: attempt + 1 });
  }
  return { state: { ...state, wanted: true, waited: waited + 1 }, effects: [] };
}

function close(state: SerialState): SerialStep {
  if (state.phase === "searching") {
    return { state: { ...state, phase: "closed", wanted: false }, effects: [] };
  }
  if (state.phase !== "open") return { state: { ...state, wanted: false }, effects: [] };
  return {
    state: { ...state, phase: "closing", wanted: false, waited: 0 },
    effects: [{ kind: "release", attempt: state.attempt }],
  };
}

function found(state: SerialState, paths: readonly string[]): SerialStep {
  if (state.phase !== "searching") return { state, effects: [] };
  if (paths.length === 0) return giveUp(state, { kind: "note", path: null, reason: "absent" });
  const first = paths.filter((path) => path === state.lastGood);
  const others = paths.filter((path) => path !== state.lastGood);
  return tryNext({ ...state, rest: [...first, ...others] });
}

function tryNext(state: SerialState): SerialStep {
  const [path, ...rest] = state.rest;
  if (path === undefined) return giveUp(state);
  const attempt = state.attempt + 1;
  return {
    state: { ...state, phase: "opening", attempt, path, rest },
    effects: [{ kind: "open", path, attempt }],
  };
}

function giveUp(state: SerialState, ...first: SerialEffect[]): SerialStep {
  const told: SerialEffect[] = state.wanted ? [{ kind: "tell", what: "closed" }] : [];
  return {
    state: { ...state, phase: "closed", wanted: false, path: null, rest: [] },
    effects: [...first, ...told],
  };
}

function opened(state: SerialState, attempt: number): SerialStep {
  if (attempt !== state.attempt || state.phase !== "opening") {
    // It came after we went on without it: nobody else will give the device back.
    return { state, effects: [{ kind: "release", attempt }] };
  }
  if (!state.wanted) {
    return {
      state: { ...state, phase: "closing", waited: 0 },
      effects: [{ kind: "release", attempt }],
    };
  }
  return {
    state: { ...state, phase: "open", rest: [], lastGood: state.path },
    effects: [{ kind: "tell", what: "opened" }],
  };
}

function failed(state: SerialState, input: Extract<SerialInput, { kind: "failed" }>): SerialStep {
  if (input.attempt !== state.attempt || state.phase !== "opening") return { state, effects: [] };
  const note = { kind: "note", path: state.path, reason: input.reason } as const;
  if (!state.wanted) return giveUp(state, note);
  const next = tryNext(state);
  return { state: next.state, effects: [note, ...next.effects] };
}

function lost(state: SerialState, attempt: number): SerialStep {
  if (attempt !== state.attempt || state.phase !== "open") return { state, effects: [] };
  return {
    state: { ...state, phase: "closing", wanted: false, waited: 0 },
    effects: [
      { kind: "release", attempt },
      { kind: "tell", what: "closed" },
    ],
  };
}

function released(state: SerialState, attempt: number): SerialStep {
  if (attempt !== state.attempt || state.phase !== "closing") return { state, effects: [] };
  const closed = { ...state, phase: "closed", path: null } as const;
  return state.wanted ? search(closed) : { state: closed, effects: [] };
}
