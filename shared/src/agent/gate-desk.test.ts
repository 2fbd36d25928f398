import { describe, expect, it } from "vitest";
import { createConfirmationDesk } from "./gate-desk.ts";
import { gateLimits } from "./gate-limits.ts";
import type { GateAction } from "./gate-proposal.ts";
import type { Provenance } from "./tim-agent.ts";

const action: GateAction = { type: "goto", place: "study", deadlineMs: 1000 };
const verdictOf = (digest: string, at: "owner" | "treasury" = "owner") => ({
  kind: "confirm" as const,
  at,
  digest,
  sentence: "It would go to the study.",
  action,
  halt: false,
  checks: [],
});
const turn = (from: Provenance, read: readonly Provenance[] = []) => ({
  epoch: 1,
  nowMs: 0,
  trigger: { value: "", from },
  read: read.map((of) => ({ value: "", from: of })),
});
const owner = { from: "owner", epoch: 1, nowMs: 10 } as const;

describe("the confirmation desk", () => {
  it("gives out what was shown, once, to the owner alone", () => {
    const desk = createConfirmationDesk();
    expect(desk.ask({ id: "i1", action: { type: "stop" } }, verdictOf("d1"), turn("peer"))).toBe(
      null,
    );
    expect(desk.waiting(0).map(({ sentence }) => sentence)).toEqual(["It would go to the study."]);
    for (const from of ["agent", "peer", "world"] as const) {
      expect(desk.accept("d1", { ...owner, from })).toEqual({ ok: false, code: "stranger-asks" });
    }
    const confirmation = { digest: "d1", epoch: 1, untilMs: gateLimits.confirmMs };
    const proposal = { id: "i1", action };
    expect(desk.accept("d1", owner)).toEqual({ ok: true, proposal, confirmation });
    expect(desk.accept("d1", owner)).toEqual({ ok: false, code: "confirmation-void" });
    expect(desk.ask(proposal, verdictOf("d1"), turn("owner"))).toBe("confirmation-void");
  });
  it("remembers the least trusted of what a proposal was made of", () => {
    const desk = createConfirmationDesk();
    desk.ask({ id: "a", action }, verdictOf("a"), turn("owner"));
    desk.ask({ id: "b", action }, verdictOf("b"), turn("owner", ["agent", "world"]));
    desk.ask({ id: "c", action }, verdictOf("c"), turn("peer", ["owner"]));
    const held = desk.waiting(0).map(({ from, madeOf }) => [from, madeOf]);
    expect(held).toEqual([
      ["owner", "owner"],
      ["owner", "world"],
      ["peer", "peer"],
    ]);
  });
  it("forgets what is late, rejected, or of another life", () => {
    const desk = createConfirmationDesk();
    for (const id of ["late", "no", "moved"]) {
      desk.ask({ id, action }, verdictOf(id), turn("owner"));
    }
    desk.reject("no");
    expect(desk.accept("no", owner)).toEqual({ ok: false, code: "confirmation-void" });
    expect(desk.accept("moved", { ...owner, epoch: 2 })).toEqual({
      ok: false,
      code: "stale-epoch",
    });
    expect(desk.accept("late", { ...owner, nowMs: gateLimits.confirmMs })).toEqual({
      ok: false,
      code: "confirmation-void",
    });
    expect(desk.waiting(gateLimits.confirmMs)).toEqual([]);
  });
  it("keeps places for the owner when strangers ask without end", () => {
    const desk = createConfirmationDesk();
    const ask = (digest: string, from: Provenance) =>
      desk.ask({ id: digest, action }, verdictOf(digest), turn(from));
    const strangers = Array.from({ length: 10 }, (_, k) => ask(`s${k}`, "world"));
    expect(strangers.filter((code) => code === null)).toHaveLength(
      gateLimits.strangersConfirmations,
    );
    const mine = Array.from({ length: 10 }, (_, k) => ask(`o${k}`, "owner"));
    expect(mine.filter((code) => code === null)).toHaveLength(
      gateLimits.openConfirmations - gateLimits.strangersConfirmations,
    );
    expect(mine.at(-1)).toBe("confirmations-full");
  });
  it("takes no payments: those are approved in the treasury", () => {
    const desk = createConfirmationDesk();
    expect(desk.ask({ id: "p", action }, verdictOf("p", "treasury"), turn("owner"))).toBe(
      "confirmation-void",
    );
  });
});
