import { lndMethods } from "@timmy/protos/lnd";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import { firstWatchMs, longestWatchMs, probeTimeoutMs, watchPeriodMs } from "./limits.ts";
import {
  judgeInfo,
  judgeWallet,
  type NodeStatus,
  type PinnedNode,
  statusOfCode,
  statusOfFault,
} from "./node-status.ts";
import type { Transport } from "./transport.ts";

/** Knows how the node is: asks by a timer, and at once when a connection is lost. */
export interface NodeWatch {
  start(): void;
  status(): NodeStatus;
  /** Asks the node now; questions at the same time share one answer. Never throws. */
  check(): Promise<NodeStatus>;
  /** A call failed as it does when the node is away: nothing is sent until it was asked anew. */
  suspect(status: NodeStatus): void;
  /** Told of each change of state; answers how to stop listening. */
  onState(listen: (status: NodeStatus) => void): () => void;
  stop(): void;
}

export interface NodeWatchPorts {
  readonly transport: Transport;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Asks State, then GetInfo: identity and version are read anew with every look. */
async function look(
  transport: Transport,
  pinned: PinnedNode,
  macaroon: string,
  last: NodeStatus,
): Promise<NodeStatus> {
  const timeoutMs = probeTimeoutMs;
  const state = await transport.unary({
    method: lndMethods.getState,
    request: {},
    macaroon: "",
    timeoutMs,
  });
  if (!state.ok) return statusOfFault(state.fault, last.info);
  const waiting = judgeWallet(state.value.state);
  if (waiting !== null) return { ...waiting, info: last.info };
  const info = await transport.unary({
    method: lndMethods.getInfo,
    request: {},
    macaroon,
    timeoutMs,
  });
  if (!info.ok) return statusOfFault(info.fault, last.info);
  const judged = judgeInfo(info.value, pinned);
  if (judged.state === "active" && !(await transport.ready())) {
    return statusOfCode("lnd-away", "Only one of two connections stands.", info.value);
  }
  return judged;
}

export function createNodeWatch(
  ports: NodeWatchPorts,
  options: { readonly pinned: PinnedNode; readonly macaroon: string },
): NodeWatch {
  const { transport, timers, logger } = ports;
  const listeners = new Set<(status: NodeStatus) => void>();
  let status = statusOfCode("lnd-starting", "It was not asked yet.");
  let asking: Promise<NodeStatus> | null = null;
  let losses = 0;
  let timer: Timer | null = null;
  let pauseMs = firstWatchMs;
  let running = false;
  let stopped = false;

  function enter(next: NodeStatus): void {
    if (stopped) return;
    const changed = next.state !== status.state || next.code !== status.code;
    status = next;
    if (!changed) return;
    const fields = { state: next.state, code: next.code, details: next.details };
    if (next.code === "lnd-identity") logger.error("another node answers", fields);
    else logger.info("lightning node changed its state", fields);
    for (const listen of listeners) listen(next);
  }

  function schedule(delayMs: number): void {
    timer?.cancel();
    timer = running ? timers.after("lightning node", delayMs, () => void check()) : null;
  }

  async function ask(): Promise<NodeStatus> {
    const lossesBefore = losses;
    const found = await look(transport, options.pinned, options.macaroon, status);
    asking = null;
    // A connection that broke while we asked makes the answer one about the past.
    const stale = found.state === "active" && losses !== lossesBefore;
    enter(stale ? statusOfCode("lnd-away", "The connection broke.", found.info) : found);
    const isWell = status.state === "active";
    pauseMs = isWell ? firstWatchMs : Math.min(pauseMs * 1.5, longestWatchMs);
    schedule(isWell ? watchPeriodMs : pauseMs);
    return status;
  }

  function check(): Promise<NodeStatus> {
    // Another node behind the address stays refused until a person connects anew.
    if (stopped || status.code === "lnd-identity") return Promise.resolve(status);
    asking ??= ask();
    return asking;
  }

  function suspect(next: NodeStatus): void {
    losses++;
    if (status.state === "active") enter({ ...next, info: status.info });
    if (asking === null) schedule(firstWatchMs);
  }

  transport.onLost(() => suspect(statusOfCode("lnd-away", "The connection broke.")));
  return {
    start() {
      if (running || stopped) return;
      running = true;
      void check();
    },
    status: () => status,
    check,
    suspect,
    onState(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    stop() {
      running = false;
      stopped = true;
      timer?.cancel();
      timer = null;
      listeners.clear();
    },
  };
}
