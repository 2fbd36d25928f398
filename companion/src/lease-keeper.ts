import type { Encoder } from "@timmy/shared/mqtt/codec";
import { leaseRenewMs } from "@timmy/shared/mqtt/limits";
import { commandPayloads } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { maxLeaseMs, maxLeases, rememberedTasks } from "./limits.ts";

export interface LeaseKeeper {
  /** Renews from now on, until one of the three ends below. */
  hold(lease: string): void;
  /** The command was admitted as this task: the lease lasts until the task has ended. */
  bind(lease: string, taskId: string): void;
  release(lease: string): void;
  taskEnded(taskId: string): void;
  releaseAll(): void;
  held(): number;
}

/**
 * Keeps the motions of this companion alive: the robot stops 300 ms after the renewals do, so a
 * companion that dies takes its motions with it. QoS 0, because a late renewal is worth nothing.
 */
export function createLeaseKeeper(ports: {
  readonly bus: Bus;
  readonly robotNode: string;
  readonly time: Time;
  readonly encoder: Encoder;
}): LeaseKeeper {
  const { bus, robotNode, encoder } = ports;
  const { clock, timers } = ports.time;
  const topic = topicsOf(robotNode).command("lease");
  const leases = new Map<string, { taskId: string | null; readonly sinceMs: number }>();
  const ended = new Set<string>();
  let timer: Timer | null = null;

  function renew(): void {
    const oldestMs = clock.monotonicMs() - maxLeaseMs;
    for (const [lease, { sinceMs }] of [...leases]) if (sinceMs < oldestMs) release(lease);
    for (const lease of leases.keys()) {
      bus.publish(topic, encoder.encode(commandPayloads.lease, { lease }), { qos: 0 });
    }
  }
  function release(lease: string): void {
    leases.delete(lease);
    if (leases.size > 0) return;
    timer?.cancel();
    timer = null;
  }
  return {
    held: () => leases.size,
    hold(lease) {
      const [oldest] = leases.keys();
      if (leases.size >= maxLeases && oldest !== undefined) leases.delete(oldest);
      leases.set(lease, { taskId: null, sinceMs: clock.monotonicMs() });
      timer ??= timers.every("renew leases", leaseRenewMs, renew);
    },
    bind(lease, taskId) {
      const held = leases.get(lease);
      if (held === undefined) return;
      if (ended.has(taskId)) release(lease);
      else held.taskId = taskId;
    },
    release,
    taskEnded(taskId) {
      const [oldest] = ended;
      if (ended.size >= rememberedTasks && oldest !== undefined) ended.delete(oldest);
      ended.add(taskId);
      for (const [lease, held] of [...leases]) if (held.taskId === taskId) release(lease);
    },
    releaseAll() {
      for (const lease of [...leases.keys()]) release(lease);
    },
  };
}
