import type { ErrorCode } from "../errors.ts";
import { gateLimits } from "./gate-limits.ts";
import type { Confirmation, GateContext, GateVerdict, Proposal } from "./gate-proposal.ts";
import { leastTrusted } from "./provenance.ts";
import type { Provenance } from "./tim-agent.ts";

/** A proposal that waits for the owner's yes. */
export interface OpenConfirmation extends Confirmation {
  readonly proposal: Proposal;
  /** What it would do, in our words. */
  readonly sentence: string;
  /** Who started the turn that it comes from. */
  readonly from: Provenance;
  /** The least trusted of all that it was made of: a yes to it makes nothing of that more trusted. */
  readonly madeOf: Provenance;
}

type ConfirmVerdict = Extract<GateVerdict, { kind: "confirm" }>;
export type DeskAnswer =
  | { readonly ok: true; readonly proposal: Proposal; readonly confirmation: Confirmation }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * Where proposals wait for the owner. A yes counts once, for exactly one digest, in the epoch in
 * which it was asked, and not for long. The proposal is held here, so that what is done is what was
 * shown; judge it again with the confirmation, in the context of that moment.
 */
export function createConfirmationDesk() {
  const open = new Map<string, OpenConfirmation>();
  const used = new Set<string>();
  function expire(nowMs: number): void {
    for (const [digest, one] of open) if (nowMs >= one.untilMs) open.delete(digest);
  }
  function use(digest: string): void {
    open.delete(digest);
    const [oldest] = used;
    if (used.size >= gateLimits.usedConfirmations && oldest !== undefined) used.delete(oldest);
    used.add(digest);
  }
  return {
    /** Puts a proposal before the owner; null, or why not. Strangers cannot take every place. */
    ask(
      proposal: Proposal,
      verdict: ConfirmVerdict,
      context: Pick<GateContext, "epoch" | "nowMs" | "trigger" | "read">,
    ): ErrorCode | null {
      expire(context.nowMs);
      const { digest, sentence, action } = verdict;
      const { from } = context.trigger;
      if (verdict.at !== "owner" || used.has(digest)) return "confirmation-void";
      const strangers = [...open.values()].filter((one) => one.from !== "owner").length;
      const full =
        open.size >= gateLimits.openConfirmations ||
        (from !== "owner" && strangers >= gateLimits.strangersConfirmations);
      if (full && !open.has(digest)) return "confirmations-full";
      const untilMs = context.nowMs + gateLimits.confirmMs;
      const held = { id: proposal.id, action };
      const madeOf = leastTrusted([from, ...context.read.map((text) => text.from)]);
      const one = { digest, epoch: context.epoch, untilMs, proposal: held, sentence, from, madeOf };
      open.set(digest, one);
      return null;
    },
    /** The owner's yes; a mind's or a stranger's counts for nothing and takes nothing away. */
    accept(
      digest: string,
      by: { readonly from: Provenance; readonly epoch: number; readonly nowMs: number },
    ): DeskAnswer {
      if (by.from !== "owner") return { ok: false, code: "stranger-asks" };
      expire(by.nowMs);
      const one = open.get(digest);
      if (one === undefined) return { ok: false, code: "confirmation-void" };
      use(digest);
      if (one.epoch !== by.epoch) return { ok: false, code: "stale-epoch" };
      const { epoch, untilMs, proposal } = one;
      return { ok: true, proposal, confirmation: { digest, epoch, untilMs } };
    },
    /** The owner's no. */
    reject(digest: string): void {
      use(digest);
    },
    /** What waits, oldest first. */
    waiting(nowMs: number): readonly OpenConfirmation[] {
      expire(nowMs);
      return [...open.values()];
    },
  };
}
