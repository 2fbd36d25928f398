import { TimmyError } from "@timmy/shared/errors";
import type { Invoice } from "../backend.ts";
import type { MockOptions, MockPorts, PaymentFault } from "../mock-controls.ts";
import { createState, fromSnapshot, type MockState } from "./state.ts";

export type NodeState = "active" | "away" | "locked" | "starting";
export interface Subscriber {
  tell(invoice: Invoice): void;
  end(error: TimmyError): void;
}

/** What the parts of the mock share: the network, the time, who listens and what goes wrong. */
export interface MockNode {
  readonly ports: MockPorts;
  readonly latencyMs: number;
  readonly state: MockState;
  readonly subscribers: Set<Subscriber>;
  readonly faults: PaymentFault[];
  readonly knobs: { node: NodeState; repeats: number; dropCreate: boolean };
  /** Those who wait for the end of a payment, or of the node. */
  readonly waiting: Set<() => void>;
  nowMs(): number;
  nowS(): number;
  /** Throws when the caller gave up or the node does not answer. */
  assertActive(signal?: AbortSignal): void;
  /** Wakes who waits, and says that there is something to keep. */
  changed(): void;
  tell(invoice: Invoice): void;
}

export const codeOf = { away: "lnd-away", locked: "lnd-locked", starting: "lnd-starting" } as const;

export function createNode(ports: MockPorts, options: MockOptions): MockNode {
  const { snapshot } = options;
  const node: MockNode = {
    ports,
    latencyMs: ports.timers === undefined ? 0 : (options.latencyMs ?? 0),
    state: snapshot === undefined ? createState(ports.random) : fromSnapshot(snapshot),
    subscribers: new Set(),
    faults: [],
    knobs: { node: "active", repeats: 1, dropCreate: false },
    waiting: new Set(),
    nowMs: () => ports.clock.wallMs(),
    nowS: () => Math.floor(ports.clock.wallMs() / 1000),
    assertActive(signal) {
      signal?.throwIfAborted();
      const { node: is } = node.knobs;
      if (is !== "active") throw new TimmyError(codeOf[is]);
    },
    changed() {
      for (const wake of [...node.waiting]) wake();
      options.onChange?.();
    },
    tell(invoice) {
      for (const subscriber of [...node.subscribers]) {
        for (let k = 0; k < node.knobs.repeats; k++) subscriber.tell(invoice);
      }
    },
  };
  return node;
}
