import type { BodyRefusal } from "@timmy/shared/agent/agent-body";
import { lifeRefusal } from "@timmy/shared/agent/agent-life";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type {
  CallAsk,
  CallBody,
  CallOutcome,
  CallRefusal,
  OwnerCall,
} from "@timmy/shared/agent/owner-calls";
import type { ExportReceipt } from "@timmy/shared/agent/state-transfer";
import type { Capability } from "@timmy/shared/agent/tim-agent";
import type { MovingView } from "@timmy/shared/agent/views";
import { TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { exportState } from "../state/export-state.ts";
import { setRecord } from "../store-sections.ts";
import { leave, leavesIntoFile, takeBack } from "./departure.ts";
import { handoverNote } from "./handover.ts";
import {
  askAgainMs,
  handoverWaitMs,
  pieceBytes,
  pieceTries,
  takeAnswerMs,
  writeAgainMs,
} from "./limits.ts";
import { refusedCall } from "./owner-channel.ts";

export interface MoverPorts {
  readonly store: AgentStore;
  readonly node: string;
  readonly call: CallBody;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly logger: Logger;
  /** Program and version. */
  readonly exporter: string;
  readonly capabilities: readonly Capability[];
  readonly secrets?: readonly (string | Uint8Array)[];
  /** Whether something is being done: who does something does not move out. */
  readonly busy: () => boolean;
  /** Why the agent may not act here, or null: a body that is not sure to be the only one moves nobody. */
  readonly authority: () => BodyRefusal | null;
  readonly settled: () => Promise<void>;
  /** Whether nobody else can have the epoch now: also asked while it is leaving and acts no more. */
  readonly holds: () => boolean;
  /** The move has a new phase, or more bytes. */
  readonly onChange: () => void;
}

/** What a move may still be stopped by: a refusal of the other body, the disk, the owner. */
class MoveBroken extends Error {
  readonly refusal: CallRefusal;
  constructor(refusal: CallRefusal) {
    super(refusal.sentence);
    this.refusal = refusal;
  }
}

const given = <C extends OwnerCall>(outcome: CallOutcome<C>) => {
  if (!outcome.ok) throw new MoveBroken(outcome);
  return outcome.value;
};

/** Cuts what is written to it into pieces of one size; the last may be shorter. */
function createPieces(send: (bytes: Buffer) => Promise<void>) {
  let waiting = Buffer.alloc(0);
  return {
    async write(bytes: Uint8Array): Promise<void> {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= pieceBytes) {
        const piece = waiting.subarray(0, pieceBytes);
        waiting = waiting.subarray(pieceBytes);
        await send(piece);
      }
    },
    end: async () => (waiting.length > 0 ? send(waiting) : undefined),
  };
}

/**
 * The way out of a body over the owner's channel. Until the other body holds the whole state, nothing
 * is lost by a failure: the agent lives on here. Then this body departs, on disk, and only after that
 * says so; the other one lives when it hears that, however late.
 */
export function createMover(ports: MoverPorts) {
  const { store, node, time, makeId, logger } = ports;
  let moving: MovingView | null = null;
  /** The move under way, and when it has ended, well or not. */
  let leaving: { readonly abort: AbortController; readonly ended: Promise<unknown> } | null = null;
  const arrivals = new Set<() => void>();

  function show(next: MovingView | null): void {
    moving = next;
    ports.onChange();
  }
  /** What can be said twice without harm is said again when no answer came. */
  async function insist<C extends OwnerCall>(
    to: string,
    call: C,
    ask: CallAsk<C>,
    options: { readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<CallOutcome<C>> {
    for (let tries = 1; ; tries++) {
      const answer = await ports.call(to, call, ask, options);
      const silent = !answer.ok && ["reply-timeout", "broker-away"].includes(answer.code);
      if (!silent || tries === pieceTries || options.signal.aborted) return answer;
    }
  }
  async function sendState(to: string, transfer: string, signal: AbortSignal) {
    let n = 0;
    const pieces = createPieces(async (bytes) => {
      signal.throwIfAborted();
      const ask = { transfer, n: n++, bytes: bytes.toString("base64") };
      given(await insist(to, "body.piece", ask, { signal }));
    });
    const receipt = await exportState(
      store,
      pieces,
      {
        ...{ mode: "move", channel: "node", to, exporter: ports.exporter, signal },
        requires: ports.capabilities.filter((one) => one.available).map(({ name }) => name),
        secrets: ports.secrets ?? [],
        onProgress: ({ bytes, of }) => show({ to, phase: "sending", bytes, of }),
      },
      { clock: time.clock },
    );
    await pieces.end();
    return receipt;
  }
  /** Asks until the other body has it or refuses it; one that was killed may have it all the same. */
  async function takeOver(to: string, transfer: string, hash: string, signal: AbortSignal) {
    const endMs = time.clock.monotonicMs() + takeAnswerMs;
    for (;;) {
      const answer = await ports.call(to, "body.take", { transfer, hash }, { signal });
      const perhaps = !answer.ok && ["reply-timeout", "broker-away", "busy"].includes(answer.code);
      if (!perhaps || time.clock.monotonicMs() > endMs) return given(answer).missing;
      await pause(signal);
    }
  }
  function pause(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = time.timers.after("ask again", askAgainMs, resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    return promise.finally(() => timer.cancel());
  }
  /** Whoever was told meanwhile that his life is over does not get it back, nor gives it away. */
  function checkLeaving(): void {
    const { status } = store.agent();
    if (status !== "leaving") throw new MoveBroken(refusedCall("agent-departed"));
  }
  /** Whoever was cut off meanwhile may have been taken over: it leaves when it holds its epoch again. */
  async function holdAgain(signal: AbortSignal): Promise<void> {
    const endMs = time.clock.monotonicMs() + takeAnswerMs;
    while (!ports.holds()) {
      signal.throwIfAborted();
      checkLeaving();
      if (time.clock.monotonicMs() > endMs) throw new MoveBroken(refusedCall("agent-unsure"));
      await pause(signal);
    }
  }
  /** From here on it lives nowhere but there. */
  function depart(to: string, hash: string): void {
    checkLeaving();
    const { epoch } = store.agent();
    const atMs = Math.round(time.clock.wallMs());
    const note = handoverNote(hash);
    const line = { atMs, what: "moved", node: to, epoch: epoch + 1, note } as const;
    setRecord(store, { status: "departed", departedTo: to }, line);
  }
  /** Back to life, on disk; a store that cannot be written now is written again until it can. */
  function liveOn(isOwners = true): boolean {
    try {
      // What left into a file meanwhile comes back by its owner's word alone.
      if (!isOwners && leavesIntoFile(store)) return false;
      if (store.agent().status === "leaving") takeBack(store);
    } catch (error) {
      logger.warn("the store cannot be written", { error: String(error) });
      time.timers.after("live on", writeAgainMs, () => liveOn(false));
      return false;
    }
    ports.onChange();
    return store.agent().status === "living";
  }
  function lives(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const done = (arrived: boolean) => {
      timer.cancel();
      arrivals.delete(tell);
      resolve(arrived);
    };
    const tell = () => done(true);
    const timer = time.timers.after("the other body", handoverWaitMs, () => done(false));
    arrivals.add(tell);
    return promise;
  }
  function moved(
    receipt: ExportReceipt,
    epoch: number,
    missing: readonly string[],
    to: string,
  ): CallOutcome<"agent.move"> {
    const { generation, bytes, hash } = receipt;
    return { ok: true, value: { to, epoch, generation, bytes, hash, missing: [...missing] } };
  }
  /**
   * It stays: the other body forgets what it was sent, as far as it can be reached. But a departure
   * that could not be written may be on disk all the same: until our life is, that copy is needed.
   */
  async function stayAfter(to: string, transfer: string, error: unknown): Promise<CallRefusal> {
    const { id: agent, epoch } = store.agent();
    show(null);
    const stayed = liveOn();
    logger.warn("a move broke off", { to, error: String(error) });
    // Who was told that its life is over has not written a departure of its own.
    const told = error instanceof MoveBroken && error.refusal.code === "agent-departed";
    if (stayed || told) await ports.call(to, "body.drop", { transfer, agent, epoch });
    const stays = `The agent stays where it was${stayed ? "" : ", once its store can be written"}.`;
    if (error instanceof MoveBroken) {
      const { code, sentence } = error.refusal;
      if (told) return error.refusal;
      if (code === "superseded") return takenBack();
      return { ok: false, code, sentence: `${stays} ${sentence}` };
    }
    if (error instanceof TimmyError) {
      return { ok: false, code: error.code, sentence: `${stays} ${error.message}` };
    }
    return refusedCall("move-broken", error instanceof Error ? error.message : "");
  }
  /** What was sent to these bodies and never lived goes. Only a body that is sure to live may say so. */
  async function dropCopies(from: readonly string[]): Promise<CallRefusal | null> {
    const { id: agent, epoch } = store.agent();
    for (const to of from) {
      const why = ports.authority();
      if (why !== null) return { ok: false, ...why };
      const here = store.agent();
      if (here.id !== agent || here.epoch !== epoch) return refusedCall("agent-departed");
      const dropped = await ports.call(to, "body.drop", { transfer: makeId(), agent, epoch });
      if (!dropped.ok)
        return { ...dropped, sentence: `"${to}" keeps its copy. ${dropped.sentence}` };
    }
    return null;
  }
  function obstacle(): CallRefusal | null {
    const why = ports.authority() ?? lifeRefusal(store.agent());
    if (why !== null) return { ok: false, ...why };
    return ports.busy() ? refusedCall("busy", "Stop it before it moves.") : null;
  }
  /** From the first moment on it is seen, and can be taken back: also while it waits to be sure. */
  async function moveTo(to: string, signal: AbortSignal): Promise<CallOutcome<"agent.move">> {
    show({ to, phase: "asking", bytes: 0, of: 0 });
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await Promise.race([ports.settled(), taken]);
    const why = signal.aborted ? takenBack() : obstacle();
    if (why === null) return transferTo(to, signal);
    show(null);
    return why;
  }
  const takenBack = (): CallRefusal => refusedCall("move-broken", "You took it back.");
  async function transferTo(to: string, signal: AbortSignal): Promise<CallOutcome<"agent.move">> {
    const { id: agent, name, epoch } = store.agent();
    const transfer = makeId();
    const offer = { transfer, agent, name, epoch };
    const offered = await ports.call(to, "body.offer", offer, { signal });
    // It took a while to ask: in the very turn in which it begins to leave, nothing is done here.
    const why = signal.aborted ? takenBack() : offered.ok ? obstacle() : offered;
    if (why !== null) {
      show(null);
      return why;
    }
    let receipt: ExportReceipt;
    let missing: readonly string[];
    try {
      // From here on it acts no more; what it does and hears would be lost on the way.
      leave(store, to, "node");
      receipt = await sendState(to, transfer, signal);
      show({ to, phase: "settling", bytes: receipt.bytes, of: receipt.bytes });
      missing = await takeOver(to, transfer, receipt.hash, signal);
      await holdAgain(signal);
      signal.throwIfAborted();
      depart(to, receipt.hash);
    } catch (error) {
      return stayAfter(to, transfer, error);
    }
    logger.info("the agent left", { to, epoch: epoch + 1 });
    const arrived = lives();
    show(null);
    if (await arrived) return moved(receipt, epoch + 1, missing, to);
    return refusedCall("move-unsettled", `It is for "${to}".`);
  }
  return {
    moving: () => moving,
    /** Told by the fence: the next epoch speaks for itself. */
    onArrived(): void {
      for (const tell of [...arrivals]) tell();
    },
    async move(to: string): Promise<CallOutcome<"agent.move">> {
      if (to === node)
        return refusedCall("state-occupied", `It was asked to move to itself: "${to}".`);
      if (leaving !== null) return refusedCall("busy", "It is moving already.");
      const abort = new AbortController();
      const ended = moveTo(to, abort.signal);
      leaving = { abort, ended };
      return ended.finally(() => {
        leaving = null;
      });
    },
    /**
     * Takes a move back; also one that a process before this one began: the other body never lives
     * without our departure, and that is not on our disk. Copies that never lived can be made to go.
     */
    async stay(drop: readonly string[] = []): Promise<CallRefusal | null> {
      if (leaving !== null && store.agent().status !== "departed") {
        leaving.abort.abort(new MoveBroken(refusedCall("superseded")));
        await leaving.ended;
      }
      liveOn();
      const why = lifeRefusal(store.agent());
      if (why !== null) return { ok: false, ...why };
      if (drop.length === 0) return null;
      if (leaving !== null) return refusedCall("busy", "It is moving.");
      const ended = dropCopies(drop);
      leaving = { abort: new AbortController(), ended };
      return ended.finally(() => {
        leaving = null;
      });
    },
  };
}
export type Mover = ReturnType<typeof createMover>;
