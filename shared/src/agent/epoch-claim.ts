import type { AgentRecord } from "./agent-store.ts";

/**
 * "This agent lives in my body, in this epoch", signed with the agent's own key. `asks` looks for
 * others, `holds` lives and acts, `hands` is said by the body that was left: it lives in `node` now.
 */
export interface EpochClaim {
  readonly agent: string;
  readonly epoch: number;
  readonly node: string;
  readonly says: "asks" | "holds" | "hands";
  /** One life of one process: a copied disk has another. Of `hands`, the state that was taken. */
  readonly life: string;
  /** The number of the claim in that life. */
  readonly n: number;
}

/** The bytes that are signed. */
export const claimText = ({ agent, epoch, node, says, life, n }: EpochClaim): string =>
  `timmy.claim/1\n${agent}\n${epoch}\n${node}\n${says}\n${life}\n${n}`;

export interface ClaimOptions {
  readonly node: string;
  readonly life: string;
  /** Milliseconds that a claim is good for, from the moment it was sent. */
  readonly holdMs: number;
  /** Milliseconds of silence before the epoch is taken: longer than `holdMs` on any clock. */
  readonly waitMs: number;
  /** Milliseconds between two claims. */
  readonly renewMs: number;
}

export interface ClaimState {
  /**
   * `deaf` has no broker; `asking` has not heard itself yet; `waiting` listens for another holder;
   * `taking` has claimed and has not heard itself first; `holding` acts; `handing` has left.
   */
  readonly phase: "deaf" | "idle" | "asking" | "waiting" | "taking" | "holding" | "handing";
  /** The agent and the epoch that it is about. */
  readonly about: string;
  readonly n: number;
  /** Own claims under way: echoes of older ones prove nothing. */
  readonly sent: readonly { readonly n: number; readonly atMs: number }[];
  readonly quietSinceMs: number;
  /** Another holder that was heard once: what a broker keeps may be old, what follows it is not. */
  readonly rival: Pick<EpochClaim, "life" | "n"> | null;
  readonly holdUntilMs: number;
  readonly nextMs: number;
}
export const deafClaim: ClaimState = {
  phase: "deaf",
  about: "",
  n: 0,
  sent: [],
  quietSinceMs: 0,
  rival: null,
  holdUntilMs: Number.NEGATIVE_INFINITY,
  nextMs: 0,
};

type Here = Pick<AgentRecord, "id" | "epoch" | "status" | "departedTo"> & {
  /**
   * Of a body that was left by a move of its own, the state that the next one took, so that it can be
   * said; of one that is arriving, the state that it took. Else null.
   */
  readonly handover: string | null;
};
export type ClaimInput =
  | { readonly type: "link"; readonly up: boolean }
  /** Somebody arrived, left, or the epoch changed. */
  | { readonly type: "changed" }
  | { readonly type: "tick" }
  /** A claim whose signature was checked. */
  | { readonly type: "heard"; readonly claim: EpochClaim };
export type ClaimEffect =
  | { readonly type: "publish"; readonly claim: EpochClaim }
  /** Another body lives the agent's life: stand still for good. */
  | { readonly type: "over"; readonly claim: EpochClaim }
  /** The body that was left has said so: live here. */
  | { readonly type: "live" };
export interface ClaimStep {
  readonly state: ClaimState;
  readonly effects: readonly ClaimEffect[];
}

/** Nobody else can hold this epoch before `holdUntilMs`: who lives here may act. */
export const mayAct = (state: ClaimState, nowMs: number): boolean =>
  state.phase === "holding" && nowMs < state.holdUntilMs;

const keptClaims = 8;
const still = (state: ClaimState): ClaimStep => ({ state, effects: [] });

function publish(
  state: ClaimState,
  says: EpochClaim["says"],
  here: Here,
  nowMs: number,
  options: ClaimOptions,
): ClaimStep {
  const n = state.n + 1;
  const { node, life, renewMs } = options;
  const made =
    says === "hands"
      ? { epoch: here.epoch + 1, node: here.departedTo, life: here.handover ?? "" }
      : { epoch: here.epoch, node, life };
  const claim = { agent: here.id, says, n, ...made };
  const sent = [...state.sent, { n, atMs: nowMs }].slice(-keptClaims);
  return {
    state: { ...state, n, sent, nextMs: nowMs + renewMs },
    effects: [{ type: "publish", claim }],
  };
}

/** Who is leaving acts no more, but nobody else has the epoch before it has left. */
const isHere = ({ status }: Here): boolean => status === "living" || status === "leaving";
const aboutOf = ({ id, epoch }: Here): string => `${id} ${epoch}`;

/** What a body begins with when it gets the broker, or another agent. */
function begin(state: ClaimState, here: Here, nowMs: number): ClaimState {
  const fresh = { ...deafClaim, about: aboutOf(here), n: state.n, nextMs: nowMs };
  if (isHere(here)) return { ...fresh, phase: "asking" };
  if (here.status === "departed" && here.handover !== null) {
    return { ...fresh, phase: "handing", quietSinceMs: nowMs };
  }
  return { ...fresh, phase: "idle" };
}

function onTick(state: ClaimState, here: Here, nowMs: number, options: ClaimOptions): ClaimStep {
  const due = nowMs >= state.nextMs;
  switch (state.phase) {
    case "deaf":
    case "idle":
      return still(state);
    case "asking":
      return due ? publish(state, "asks", here, nowMs, options) : still(state);
    case "waiting": {
      if (nowMs - state.quietSinceMs < options.waitMs) return still(state);
      // Echoes of what was claimed before this moment do not count.
      const taking: ClaimState = { ...state, phase: "taking", sent: [] };
      return publish(taking, "holds", here, nowMs, options);
    }
    case "taking":
    case "holding":
      return due ? publish(state, "holds", here, nowMs, options) : still(state);
    case "handing":
      return due ? publish(state, "hands", here, nowMs, options) : still(state);
    default:
      return state.phase satisfies never;
  }
}

/** Another agent, epoch or way to be here; who begins to leave, or stays, goes on with what it has. */
function change(state: ClaimState, here: Here, nowMs: number): ClaimState {
  const claims = !["deaf", "idle", "handing"].includes(state.phase);
  const goesOn = claims && isHere(here) && state.about === aboutOf(here);
  return goesOn || state.phase === "deaf" ? state : begin(state, here, nowMs);
}

/** Our own claim came back: the broker has put it in its order, after everything heard before. */
function onEcho(state: ClaimState, n: number, nowMs: number, options: ClaimOptions): ClaimState {
  const mine = state.sent.find((one) => one.n === n);
  if (mine === undefined) return state;
  if (state.phase === "asking") return { ...state, phase: "waiting", quietSinceMs: nowMs };
  if (state.phase !== "taking" && state.phase !== "holding") return state;
  const holdUntilMs = Math.max(state.holdUntilMs, mine.atMs + options.holdMs);
  return { ...state, phase: "holding", holdUntilMs };
}

/** Somebody else is of our epoch: a copied disk, or this body's own process before this one. */
function onRival(
  state: ClaimState,
  claim: EpochClaim,
  here: Here,
  nowMs: number,
  options: ClaimOptions,
): ClaimStep {
  if (mayAct(state, nowMs)) return publish(state, "holds", here, nowMs, options);
  // Who only asks has no more right than we have.
  if (claim.says !== "holds" || state.phase === "asking") return still(state);
  const { life, n } = claim;
  const lives = state.rival !== null && state.rival.life === life && state.rival.n < n;
  if (lives && claim.node !== options.node) return { state, effects: [{ type: "over", claim }] };
  const waiting: ClaimState = { ...state, phase: "waiting", quietSinceMs: nowMs, sent: [] };
  return still({ ...waiting, rival: { life, n } });
}

function onClaim(
  state: ClaimState,
  claim: EpochClaim,
  here: Here,
  nowMs: number,
  options: ClaimOptions,
): ClaimStep {
  if (claim.agent !== here.id || state.phase === "deaf") return still(state);
  const { status, epoch } = here;
  const forUs = claim.says === "hands" && claim.node === options.node && claim.epoch === epoch;
  if (status === "arriving") {
    const ours = forUs && claim.life === here.handover;
    return { state, effects: ours ? [{ type: "live" }] : [] };
  }
  if (state.phase === "handing") {
    // The new body speaks for itself: the handover is over.
    const lives = claim.epoch > epoch && claim.says !== "hands";
    return still(lives ? { ...state, phase: "idle" } : state);
  }
  // Whoever lived here and went on is still waited for by the body before: that one was not told.
  if (status === "departed" && forUs) return publish(state, "asks", here, nowMs, options);
  if (!isHere(here)) return still(state);
  if (claim.epoch > epoch) return { state, effects: [{ type: "over", claim }] };
  if (claim.life === options.life) return still(onEcho(state, claim.n, nowMs, options));
  // The handover to us stands on the broker until we hold: it is no rival.
  if (forUs) return still(state);
  if (claim.epoch === epoch) return onRival(state, claim, here, nowMs, options);
  // An older body asks: it is told.
  return publish(state, mayAct(state, nowMs) ? "holds" : "asks", here, nowMs, options);
}

/**
 * One life in one epoch, with nothing but a broker that keeps its order: a claim is good for `holdMs`
 * from its sending once we heard it back, and an epoch is taken only after `waitMs` of silence, and
 * only when our claim came back before anybody else's. So two bodies never act in one epoch, however
 * long either is cut off or asleep; clocks need no common time, only nearly the same pace.
 */
export function stepClaim(
  state: ClaimState,
  input: ClaimInput,
  here: Here,
  nowMs: number,
  options: ClaimOptions,
): ClaimStep {
  switch (input.type) {
    case "link":
      return still(input.up ? begin(state, here, nowMs) : { ...deafClaim, n: state.n });
    case "changed":
      return still(change(state, here, nowMs));
    case "tick":
      return onTick(state, here, nowMs, options);
    case "heard":
      return onClaim(state, input.claim, here, nowMs, options);
    default:
      return input satisfies never;
  }
}
