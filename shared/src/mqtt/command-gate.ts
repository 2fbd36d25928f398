import type { ErrorCode } from "../errors.ts";
import { rememberedCommands } from "./limits.ts";

/** What every command says of itself, whatever it asks for. */
export interface CommandHead {
  readonly name: string;
  readonly id: string;
  readonly retained: boolean;
  readonly epoch?: number;
  readonly deadlineMs?: number;
  readonly sentMs: number;
}

export type Admission = { readonly ok: true } | { readonly ok: false; readonly code: ErrorCode };

/** Milliseconds by which a sender's clock may differ before its commands count as old. */
const skewMs = 60_000;

/**
 * The gate that every command passes. A stop is never refused for its age, its epoch or its id:
 * stopping once too often harms nobody.
 */
export function createCommandGate(epoch: () => number) {
  const seen = new Set<string>();
  function remember(id: string): void {
    if (seen.size >= rememberedCommands) {
      const [oldest] = seen;
      if (oldest !== undefined) seen.delete(oldest);
    }
    seen.add(id);
  }
  /** Whether it is of this life and of now; asked again of what had to wait. */
  function check(
    head: Pick<CommandHead, "epoch" | "deadlineMs" | "sentMs">,
    wallMs: number,
  ): Admission {
    if (head.epoch !== undefined && head.epoch !== epoch())
      return { ok: false, code: "stale-epoch" };
    const late = head.deadlineMs !== undefined && wallMs > head.deadlineMs;
    const old = Math.abs(wallMs - head.sentMs) > skewMs;
    return late || old ? { ok: false, code: "expired-command" } : { ok: true };
  }
  return {
    check,
    admit(head: CommandHead, wallMs: number): Admission {
      if (head.retained) return { ok: false, code: "retained-command" };
      if (head.name === "stop" || head.name === "estop") return { ok: true };
      if (head.epoch !== undefined && head.epoch !== epoch())
        return { ok: false, code: "stale-epoch" };
      if (seen.has(head.id)) return { ok: false, code: "duplicate-command" };
      remember(head.id);
      return check(head, wallMs);
    },
  };
}
export type CommandGate = ReturnType<typeof createCommandGate>;
