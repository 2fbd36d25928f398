import type { BodyRefusal } from "@timmy/shared/agent/agent-body";
import { lifeRefusal } from "@timmy/shared/agent/agent-life";
import type { AgentStore, LineageEntry } from "@timmy/shared/agent/agent-store";
import {
  type ClaimEffect,
  type ClaimInput,
  claimText,
  deafClaim,
  type EpochClaim,
  mayAct,
  stepClaim,
} from "@timmy/shared/agent/epoch-claim";
import { errorTable } from "@timmy/shared/errors";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { claimPayload } from "@timmy/shared/mqtt/payloads";
import { claimTopic } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { verifySignature } from "../identity-key.ts";
import { type RecordFields, setRecord } from "../store-sections.ts";
import { intoFileSentence, keepAnswer, leavesIntoFile } from "./departure.ts";
import { readHandover } from "./handover.ts";
import {
  claimHoldMs,
  claimRenewMs,
  claimTickMs,
  claimWaitMs,
  sleptMs,
  writeAgainMs,
} from "./limits.ts";

export interface EpochFencePorts {
  readonly bus: Bus;
  readonly node: string;
  readonly store: AgentStore;
  readonly time: Time;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** Names this process's life; no other has the same. */
  readonly life: string;
  /** It may not act any more, for good or until the broker answers: whatever moves has to end. */
  readonly onSilenced: (code: "agent-departed" | "agent-unsure") => void;
  /** The body that this one was left for speaks for itself. */
  readonly onArrived: () => void;
  /** Who lives here, or how, changed by what was heard. */
  readonly onChange: () => void;
}

const bytesOf = (claim: EpochClaim) => new TextEncoder().encode(claimText(claim));

/** What the lineage says of this body: the last line names the node that has the epoch. */
function readLineage(store: AgentStore, node: string) {
  const last = store.lineage().at(-1);
  return {
    handover: readHandover(store.agent(), last),
    /** The epoch was given to another node: this is a backup of it, or its disk. */
    restored: last !== undefined && last.node !== "" && last.node !== node,
  };
}

/**
 * Claims the agent's epoch on the broker, says whether it may act now, and stands still for good when
 * another body holds the epoch or a higher one: so a restored disk is told that the agent lives
 * elsewhere.
 */
export function createEpochFence(ports: EpochFencePorts) {
  const { bus, node, store, time, encoder, logger, life } = ports;
  const options = {
    ...{ node, life },
    ...{ holdMs: claimHoldMs, waitMs: claimWaitMs, renewMs: claimRenewMs },
  };
  const ends: (() => void)[] = [];
  const settling = new Set<() => void>();
  let state = deafClaim;
  let known = "";
  let lineage: ReturnType<typeof readLineage> = { handover: null, restored: false };
  let acting = false;
  let running = false;
  let endListening = () => {};
  let listening = "";
  let writing: Timer | null = null;
  let clockAheadMs = time.clock.wallMs() - time.clock.monotonicMs();
  /** A life elsewhere that could not be written down yet; it counts all the same. */
  let unwritten: EpochClaim | null = null;
  const nowMs = () => time.clock.monotonicMs();

  function publish(claim: EpochClaim): void {
    let signature: string;
    try {
      signature = Buffer.from(store.sign(bytesOf(claim))).toString("hex");
    } catch (error) {
      // Without its key file the store signs nothing, and says so where it was opened.
      return logger.warn("the epoch cannot be claimed", { error: String(error) });
    }
    const payload = encoder.encode(claimPayload, { ...claim, signature });
    // Once, now or never: a claim that a client sends again later says what is not true any more.
    bus.publish(claimTopic(claim.agent), payload, { qos: 0, retain: claim.says !== "asks" });
  }
  /** Another process may be writing to the store: then it is tried again. */
  function writeDown(claim: EpochClaim): void {
    const atMs = Math.round(time.clock.wallMs());
    const note = `told by a claim of epoch ${claim.epoch}`;
    try {
      const { epoch } = store.agent();
      setRecord(
        store,
        { status: "departed", departedTo: claim.node },
        { atMs, what: "moved", node: claim.node, epoch, note },
      );
      unwritten = null;
    } catch (error) {
      logger.warn("the store cannot be written", { error: String(error) });
      writing = time.timers.after("write the departure", writeAgainMs, () => writeDown(claim));
    }
    ports.onChange();
  }
  const set = (fields: RecordFields, line?: LineageEntry) =>
    written(() => setRecord(store, fields, line));
  function written(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      logger.warn("the store cannot be written", { error: String(error) });
      return false;
    }
  }
  function perform(effect: ClaimEffect): void {
    switch (effect.type) {
      case "publish":
        return publish(effect.claim);
      case "over": {
        if (unwritten !== null) return;
        const { claim } = effect;
        logger.warn("the agent lives in another body now", {
          node: claim.node,
          epoch: claim.epoch,
        });
        unwritten = claim;
        ports.onSilenced("agent-departed");
        acting = false;
        return writeDown(claim);
      }
      case "live":
        // It is handed over again until it speaks for itself: a store that is busy now is written then.
        if (!set({ status: "living", departedTo: "" })) return;
        logger.info("the agent lives here now", { epoch: store.agent().epoch });
        return ports.onChange();
      default:
        effect satisfies never;
    }
  }
  function step(input: ClaimInput): void {
    if (unwritten !== null) return;
    const before = state.phase;
    const here = { ...store.agent(), handover: lineage.handover };
    const made = stepClaim(state, input, here, nowMs(), options);
    if (lineage.restored && made.state.phase === "taking") {
      // Who is leaving begins no epoch, and takes none that was another's: it waits for who stays.
      return here.status === "living" ? raise() : undefined;
    }
    const answered = before === "handing" && made.state.phase === "idle" && input.type === "heard";
    // It speaks again and again: a store that is busy now is written then.
    if (answered && !written(() => keepAnswer(store))) return;
    state = made.state;
    if (answered) ports.onArrived();
    for (const effect of made.effects) perform(effect);
    look();
  }
  /** Nobody answers for the epoch, and it was another node's: ours is the next, so both never share one. */
  function raise(): void {
    // The lineage of a body that was left names the epoch that it handed over.
    const epoch = Math.max(store.agent().epoch, store.lineage().at(-1)?.epoch ?? 0) + 1;
    const atMs = Math.round(time.clock.wallMs());
    logger.warn("restored from another body: a new epoch begins", { epoch });
    const line = { atMs, what: "restored", node, epoch, note: "" } as const;
    // Tried again at the next turn: nothing was taken yet.
    if (!set({ epoch, departedTo: "" }, line)) return;
    listen();
    ports.onChange();
  }
  /** Tells what changed by itself: a right to act that came or ended. */
  function look(): void {
    const { status } = store.agent();
    const may = refusal() === null;
    if (acting && !may) {
      if (status === "living") {
        logger.warn("it cannot be sure to be the only one", { phase: state.phase });
      }
      ports.onSilenced(status === "living" ? "agent-unsure" : "agent-departed");
    }
    acting = may;
    if (may || status !== "living" || !running) for (const tell of [...settling]) tell();
  }
  function receive(message: BusMessage): void {
    wakeUp();
    const decoded = decodePayload(claimPayload, message.payload);
    if (!decoded.ok) return logger.warn("a claim was refused", { code: decoded.code });
    const { agent, epoch, node: of, says, life: whose, n, signature } = decoded.value;
    const claim = { agent, epoch, node: of, says, life: whose, n };
    if (!verifySignature(agent, bytesOf(claim), Buffer.from(signature, "hex"))) {
      return logger.warn("a claim was refused", { code: "signature" });
    }
    step({ type: "heard", claim });
  }
  /** Who arrives in this body, by whatever hand, is listened for and claimed too. */
  function listen(): void {
    const { id, epoch, status, departedTo, stateHash } = store.agent();
    // Who arrives may arrive again, in the same epoch, with what he learnt meanwhile.
    const copy = status === "arriving" ? stateHash : "";
    const next = `${id} ${epoch} ${status} ${departedTo} ${copy}`;
    if (next === known) return;
    known = next;
    lineage = readLineage(store, node);
    const topic = claimTopic(id);
    if (topic !== listening) {
      endListening();
      endListening = bus.subscribe(topic, receive);
      // A broker may take an end and a new beginning of the same subscription in either order.
      listening = topic;
    }
    step({ type: "changed" });
  }
  /** A machine that slept has a monotonic clock that stood still: what it held is not its own any more. */
  const slept = () => Math.abs(time.clock.wallMs() - nowMs() - clockAheadMs) > sleptMs;
  function wakeUp(): void {
    const anew = slept() && bus.connected();
    clockAheadMs = time.clock.wallMs() - nowMs();
    if (!anew) return;
    step({ type: "link", up: false });
    step({ type: "link", up: true });
  }
  /** Asked in the first moment after a sleep, the next turn has not noticed it. */
  const holds = () => unwritten === null && mayAct(state, nowMs()) && !slept();
  function refusal(): BodyRefusal | null {
    const here = store.agent();
    if (unwritten !== null) {
      return lifeRefusal({ ...here, status: "departed", departedTo: unwritten.node });
    }
    if (here.status === "leaving" && leavesIntoFile(store)) {
      return { code: "agent-moving", sentence: intoFileSentence(here) };
    }
    const why = lifeRefusal(here);
    if (why !== null || holds()) return why;
    return { code: "agent-unsure", sentence: errorTable["agent-unsure"].sentence };
  }
  return {
    /** Why the agent does not act here now, or null. */
    refusal,
    /** Whether nobody else can have the epoch now, whoever acts in it here. */
    holds,
    /** Resolves once it is known whether the agent acts here; a body that just started waits a little. */
    settled(limitMs = claimWaitMs + claimHoldMs): Promise<void> {
      if (refusal()?.code !== "agent-unsure" || !running) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const tell = () => {
        timer.cancel();
        settling.delete(tell);
        resolve();
      };
      const timer = time.timers.after("be sure of the epoch", limitMs, tell);
      settling.add(tell);
      return promise;
    },
    /** Looks at once at who lives here, instead of at the next turn. */
    look: listen,
    start(): void {
      running = true;
      if (bus.connected()) step({ type: "link", up: true });
      listen();
      ends.push(bus.onConnection((up) => step({ type: "link", up })));
      const tick = time.timers.every("whose epoch", claimTickMs, () => {
        wakeUp();
        listen();
        step({ type: "tick" });
      });
      ends.push(() => tick.cancel());
    },
    stop(): void {
      running = false;
      writing?.cancel();
      endListening();
      known = "";
      listening = "";
      state = deafClaim;
      for (const end of ends.splice(0)) end();
      for (const tell of [...settling]) tell();
    },
  };
}
export type EpochFence = ReturnType<typeof createEpochFence>;
