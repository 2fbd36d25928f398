import type { BodyKind, BodyRefusal } from "@timmy/shared/agent/agent-body";
import type { ComposedTimAgent, PrepareSearch } from "@timmy/shared/agent/agent-loop";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { CallBody } from "@timmy/shared/agent/owner-calls";
import type { Capability } from "@timmy/shared/agent/tim-agent";
import type { MakeId } from "@timmy/shared/ids";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { type AgentDeskPorts, createAgentDesk } from "./agent-desk.ts";
import { createArrival } from "./arrival.ts";
import { intoFileSentence, leavesIntoFile } from "./departure.ts";
import { createEpochFence } from "./epoch-fence.ts";
import { createMover } from "./mover.ts";
import { createOwnerChannel, type OwnerHandlers } from "./owner-channel.ts";
import { createOwnerSeal } from "./owner-seal.ts";
import type { Spool } from "./spool.ts";

export interface LifePorts {
  readonly store: AgentStore;
  readonly bus: Bus;
  readonly node: string;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** What the bodies of one owner share; null: nobody asks anything of this one, and nobody moves in. */
  readonly ownerKey: Uint8Array | null;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly makeSpool: () => Spool;
  readonly keepAt: ((agentId: string) => string) | null;
  readonly kind: BodyKind;
  readonly capabilities: readonly Capability[];
  /** Program and version. */
  readonly exporter: string;
  readonly secrets?: readonly (string | Uint8Array)[];
  readonly prepareSearch?: PrepareSearch;
  readonly agent: () => Pick<ComposedTimAgent, "waiting" | "acting">;
  readonly propose: AgentDeskPorts["propose"];
  readonly confirm: AgentDeskPorts["confirm"];
  /** It may not act here any more, or not now: whatever moves has to end. */
  readonly onSilenced: (code: "agent-departed" | "agent-unsure") => void;
  /** Who lives here, how, or how far it is on its way. */
  readonly onChange: () => void;
}

/** An agent's life in one body: whether it may act, what its owner asks of it, coming and going. */
export interface Life {
  readonly call: CallBody;
  /** Why nobody acts here now, or null. */
  refusal(): BodyRefusal | null;
  /** Resolves once it is known whether the agent acts here, or after a while. */
  settled(limitMs?: number): Promise<void>;
  /** What this body answers beside what is asked of its agent. */
  serve(handlers: OwnerHandlers): void;
  start(): void;
  stop(): void;
}

export function createLife(ports: LifePorts): Life {
  const { store, node, time, makeId, logger, capabilities, randomBytes, onChange } = ports;
  const seal = ports.ownerKey === null ? null : createOwnerSeal(ports.ownerKey, randomBytes);
  const channel = createOwnerChannel({ ...ports, seal });
  const mover = createMover({
    ...{ store, node, call: channel.call, time, makeId, logger, capabilities, onChange },
    exporter: ports.exporter,
    ...(ports.secrets === undefined ? {} : { secrets: ports.secrets }),
    busy: () => ports.agent().acting(),
    authority: () => fence.refusal(),
    settled: () => fence.settled(),
    holds: () => fence.holds(),
  });
  const fence = createEpochFence({
    ...ports,
    life: makeId(),
    onArrived: mover.onArrived,
  });
  const changed = () => {
    fence.look();
    onChange();
  };
  const { stop: endArrival, ...arrival } = createArrival({
    ...{ store, node, clock: time.clock, randomBytes, capabilities, onChange: changed },
    makeSpool: ports.makeSpool,
    keepAt: ports.keepAt,
  });
  channel.serve({
    ...createAgentDesk({
      ...{ ...ports, mover, timers: time.timers, authority: fence.refusal, onChange: changed },
    }),
    ...arrival,
  });
  return {
    call: channel.call,
    refusal: fence.refusal,
    settled: fence.settled,
    serve: channel.serve,
    start() {
      // A move that a process before this one began: another body cannot live by it, a file can.
      if (leavesIntoFile(store)) logger.warn(intoFileSentence(store.agent()));
      else if (store.agent().status === "leaving") void mover.stay();
      channel.start();
      fence.start();
    },
    stop() {
      channel.stop();
      fence.stop();
      endArrival();
    },
  };
}
