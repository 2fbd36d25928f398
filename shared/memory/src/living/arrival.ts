import { lifeRefusal } from "@timmy/shared/agent/agent-life";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { CallAsked, CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { Capability } from "@timmy/shared/agent/tim-agent";
import type { Clock } from "@timmy/shared/ports/time";
import { stateLimits } from "@timmy/shared/state/limits";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import { importState } from "../state/import-state.ts";
import { verifyState } from "../state/verify-state.ts";
import { isBlank, vacate } from "../store-sections.ts";
import { awaitedNode, hasGoneOn } from "./departure.ts";
import { type OwnerHandlers, refusedCall } from "./owner-channel.ts";
import type { Spool } from "./spool.ts";

export interface ArrivalPorts {
  readonly store: AgentStore;
  readonly node: string;
  readonly clock: Pick<Clock, "wallMs">;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly capabilities: readonly Capability[];
  readonly policy?: readonly PolicyRule[];
  readonly makeSpool: () => Spool;
  /** Where the agent is kept whose memory here may be nowhere else; null keeps none. */
  readonly keepAt: ((agentId: string) => string) | null;
  readonly onChange: () => void;
}

interface Transfer {
  readonly id: string;
  readonly offer: CallAsked<"body.offer">;
  readonly spool: Spool;
  pieces: number;
  busy: boolean;
}

type Arrival = Pick<OwnerHandlers, "body.offer" | "body.piece" | "body.take" | "body.drop">;
const fine = { ok: true, value: {} } as const;

/** The way into a body over the owner's channel: nothing of it acts before the old body has left. */
export function createArrival(ports: ArrivalPorts): Arrival & { stop(): void } {
  const { store, node, clock } = ports;
  let transfer: Transfer | null = null;

  function end(): void {
    transfer?.spool.drop();
    transfer = null;
  }
  /** Why an agent may not come here, or null. */
  function occupied(offer: CallAsked<"body.offer">): CallRefusal | null {
    const { id, name, status, epoch } = store.agent();
    // A copy that arrived and never lived makes way for its own agent, which is still where it was.
    if (status === "arriving" && id === offer.agent) return null;
    if (status === "vacant" || status === "departed") {
      const mine = id === offer.agent;
      if (mine && offer.epoch < epoch) {
        return refusedCall("stale-epoch", `It was here in epoch ${epoch}.`);
      }
      const awaited = awaitedNode(store);
      // Who comes back in a later epoch has been told.
      if (awaited === null || (mine && offer.epoch > epoch)) return null;
      const sentence =
        `"${name}" went from here to "${awaited}", which has not answered yet. If that body is gone for` +
        " good, what stayed here can be kept with timmy state export --mode fork, in another folder.";
      return refusedCall("agent-moving", sentence);
    }
    const why = lifeRefusal(store.agent());
    const detail = why === null ? `"${name}" lives in "${node}".` : why.sentence;
    return refusedCall("state-occupied", detail);
  }
  async function take(
    one: Transfer,
    hash: string,
  ): Promise<ReturnType<NonNullable<Arrival["body.take"]>>> {
    const source = one.spool.source();
    const state = await verifyState(source, { keyAllowed: true });
    if (!state.ok) return refusedCall(state.code, state.sentence);
    const { header } = state;
    const same = header.agent === one.offer.agent && header.epoch === one.offer.epoch;
    if (state.hash !== hash || !same || header.mode !== "move") {
      return refusedCall("state-refused", "It is not what was offered.");
    }
    const here = store.agent();
    const only = here.id !== header.agent || !hasGoneOn(store);
    const keeps = here.status === "departed" && !isBlank(store) && only;
    const keepAt = keeps ? ports.keepAt?.(here.id) : undefined;
    const taken = await importState(
      source,
      store,
      {
        // It came sealed, and lies sealed.
        ...{ as: "same", replace: true, node, status: "arriving", keyAllowed: true },
        capabilities: ports.capabilities,
        policy: ports.policy ?? [],
        ...(keepAt === undefined ? {} : { keepAt }),
      },
      { clock, randomBytes: ports.randomBytes },
    );
    if (!taken.ok) return refusedCall(taken.code, taken.sentence);
    ports.onChange();
    return { ok: true, value: { epoch: taken.agent.epoch, missing: [...taken.missing] } };
  }
  return {
    "body.offer": (offer) => {
      const why = occupied(offer);
      if (why !== null) return why;
      if (transfer?.busy === true) return refusedCall("busy", "It is taking a state over.");
      if (transfer?.id === offer.transfer) return fine;
      end();
      const spool = ports.makeSpool();
      transfer = { id: offer.transfer, offer, spool, pieces: 0, busy: false };
      return fine;
    },
    "body.piece": ({ transfer: id, n, bytes }) => {
      if (transfer === null || transfer.id !== id) return refusedCall("transfer-unknown");
      if (n < transfer.pieces) return fine;
      if (n > transfer.pieces || transfer.busy) return refusedCall("transfer-unknown");
      const piece = Buffer.from(bytes, "base64");
      if (transfer.spool.bytes() + piece.length > stateLimits.fileBytes) {
        end();
        return refusedCall("state-too-large");
      }
      transfer.spool.add(piece);
      transfer.pieces++;
      return fine;
    },
    "body.take": async ({ transfer: id, hash }) => {
      const { status, stateHash, epoch } = store.agent();
      // It was taken already, and the answer was lost.
      if ((status === "arriving" || status === "living") && stateHash === hash) {
        return { ok: true, value: { epoch, missing: [] } };
      }
      if (transfer === null || transfer.id !== id) return refusedCall("transfer-unknown");
      if (transfer.busy) return refusedCall("busy", "It is taking a state over.");
      const why = occupied(transfer.offer);
      if (why !== null) return why;
      transfer.busy = true;
      try {
        return await take(transfer, hash);
      } finally {
        end();
      }
    },
    "body.drop": ({ transfer: id, agent, epoch }) => {
      if (transfer?.busy === true) return refusedCall("busy", "It is taking a state over.");
      if (transfer?.id === id) end();
      const here = store.agent();
      if (here.status === "arriving" && here.id === agent && here.epoch <= epoch + 1) {
        vacate(store);
        ports.onChange();
      }
      return fine;
    },
    stop: end,
  };
}
