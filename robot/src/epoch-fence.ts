import { verifySignature } from "@timmy/memory/identity-key";
import { setRecord } from "@timmy/memory/store-sections";
import type { BodyRefusal } from "@timmy/shared/agent/agent-body";
import { lifeRefusal } from "@timmy/shared/agent/agent-life";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { claimText, type EpochClaim, judgeClaim } from "@timmy/shared/agent/epoch-claim";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { claimPayload } from "@timmy/shared/mqtt/payloads";
import { claimTopic } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { claimWaitMs, identityLookMs } from "./limits.ts";

export interface EpochFencePorts {
  readonly bus: Bus;
  readonly node: string;
  readonly store: AgentStore;
  readonly time: Time;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** The agent's life here is over: whatever moves has to end. */
  readonly onDeparted: () => void;
}

const bytesOf = (claim: EpochClaim) => new TextEncoder().encode(claimText(claim));

/**
 * Claims the agent's epoch on the broker, kept there, and stands still for good when another body
 * holds a higher one: this is how a restored disk is told that the agent lives elsewhere.
 */
export function createEpochFence(ports: EpochFencePorts) {
  const { bus, node, store, time, encoder, logger } = ports;
  const ends: (() => void)[] = [];
  let timer: Timer | null = null;
  let claimed = false;
  let known = "";
  let endListening = () => {};
  /** A higher claim that could not be written down yet; it counts all the same. */
  let unwritten: EpochClaim | null = null;

  function claim(): void {
    const { id: agent, epoch, status } = store.agent();
    if (status !== "living" || unwritten !== null || !bus.connected()) return;
    const made = { agent, epoch, node };
    let signature: string;
    try {
      signature = Buffer.from(store.sign(bytesOf(made))).toString("hex");
    } catch (error) {
      // Without its key file the store signs nothing, and says so where it was opened.
      return logger.warn("the epoch cannot be claimed", { error: String(error) });
    }
    const payload = encoder.encode(claimPayload, { ...made, signature });
    claimed = true;
    bus.publish(claimTopic(agent), payload, { qos: 1, retain: true });
  }
  /** A claim that stands already is heard first: ours must not be written over a newer one. */
  function claimSoon(): void {
    if (unwritten !== null) return;
    timer?.cancel();
    claimed = false;
    timer = time.timers.after("claim the epoch", claimWaitMs, claim);
  }
  /** Another process may be writing to the store: then it is tried again. */
  function writeDown(made: EpochClaim): void {
    const atMs = Math.round(time.clock.wallMs());
    const note = `told by a claim of epoch ${made.epoch}`;
    try {
      const { epoch } = store.agent();
      setRecord(
        store,
        { status: "departed", departedTo: made.node },
        { atMs, what: "moved", node: made.node, epoch, note },
      );
      unwritten = null;
    } catch (error) {
      logger.warn("the store cannot be written", { error: String(error) });
      timer = time.timers.after("write the departure", claimWaitMs, () => writeDown(made));
    }
  }
  function standStill(made: EpochClaim): void {
    logger.warn("the agent lives in another body now", { node: made.node, epoch: made.epoch });
    timer?.cancel();
    unwritten = made;
    writeDown(made);
    ports.onDeparted();
  }
  function receive(message: BusMessage): void {
    const decoded = decodePayload(claimPayload, message.payload);
    if (!decoded.ok) return logger.warn("a claim was refused", { code: decoded.code });
    const { agent, epoch, node: from, signature } = decoded.value;
    const made = { agent, epoch, node: from };
    if (!verifySignature(agent, bytesOf(made), Buffer.from(signature, "hex"))) {
      return logger.warn("a claim was refused", { code: "signature" });
    }
    const { id, status, epoch: ours } = store.agent();
    const verdict = judgeClaim({ id, status, epoch: ours, node }, made, claimed);
    if (verdict === "stand-still" && unwritten === null) standStill(made);
    if (verdict === "say-again") claim();
  }
  /** Who arrives in this body, by whatever hand, is listened for and claimed too. */
  function listen(): void {
    const { id, epoch, status } = store.agent();
    const next = `${id} ${epoch} ${status}`;
    if (next === known) return;
    known = next;
    endListening();
    endListening = bus.subscribe(claimTopic(id), receive);
    if (bus.connected()) claimSoon();
  }
  return {
    /** Why nobody acts here although the store does not say so yet, or null. */
    refusal(): BodyRefusal | null {
      if (unwritten === null) return null;
      return lifeRefusal({ ...store.agent(), status: "departed", departedTo: unwritten.node });
    },
    start(): void {
      listen();
      ends.push(
        bus.onConnection((up) => {
          if (up) claimSoon();
        }),
      );
      const look = time.timers.every("whose epoch", identityLookMs, listen);
      ends.push(() => look.cancel());
    },
    stop(): void {
      timer?.cancel();
      timer = null;
      endListening();
      known = "";
      for (const end of ends.splice(0)) end();
    },
  };
}
