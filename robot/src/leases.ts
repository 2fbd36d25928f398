import { leaseGiveUpMs, leaseMs } from "@timmy/shared/mqtt/limits";

export type LeaseState = "held" | "lapsed" | "lost";

/** A motion lease: fresh for 300 ms, lapsed (hold still) after, lost after 2 s. */
export function createLease(holder: string | null, nowMs: number) {
  let renewedMs = nowMs;
  return {
    renew(name: string, atMs: number): void {
      if (name === holder) renewedMs = atMs;
    },
    state(atMs: number): LeaseState {
      if (holder === null) return "held";
      const ageMs = atMs - renewedMs;
      return ageMs <= leaseMs ? "held" : ageMs <= leaseGiveUpMs ? "lapsed" : "lost";
    },
  };
}
export type Lease = ReturnType<typeof createLease>;
