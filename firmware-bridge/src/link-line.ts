import { firstBackoffMs, maxBackoffMs } from "./limits.ts";
import type { HaltAsk, LinkEffect, Turn } from "./link-state.ts";
import { motionOf } from "./vocabulary.ts";

/** Opening, closing and losing the line under the link. */
export function openLine(turn: Turn): void {
  turn.next.line = "opening";
  turn.next.lineSinceMs = turn.nowMs;
  turn.effects.push({ kind: "open" });
}

/** `tell` closes our end too; without it the other end did it. */
export function closeLine(turn: Turn, options: { readonly tell: boolean }): void {
  const { next, nowMs } = turn;
  if (next.line === "closed") return;
  next.line = "closed";
  next.retryAtMs = nowMs + next.backoffMs;
  next.backoffMs = Math.min(next.backoffMs * 2, maxBackoffMs);
  // Whatever we were allowed before, a new line earns it anew.
  next.armedIn = null;
  next.intent = null;
  if (options.tell) turn.effects.push({ kind: "close" });
  setUp(turn, false);
}

export function setUp(turn: Turn, up: boolean): void {
  if (turn.next.up === up) return;
  turn.next.up = up;
  if (up) turn.next.backoffMs = firstBackoffMs;
  turn.effects.push({ kind: "link", up });
}

/** The honest end of a stop that nobody measured; NaN when no speed was ever known. */
export function unconfirmed(turn: Turn, ask: HaltAsk): LinkEffect {
  const { latest } = turn.next;
  return {
    kind: "report",
    ask: ask.ask,
    report: {
      state: "unconfirmed",
      reason: ask.reason,
      speedMps: latest === null ? Number.NaN : motionOf(latest),
      generation: latest?.generation ?? 0,
    },
  };
}
