import { describe, expect, it } from "vitest";
import {
  type ClaimInput,
  type ClaimState,
  claimText,
  deafClaim,
  type EpochClaim,
  mayAct,
  stepClaim,
} from "./epoch-claim.ts";

const options = { node: "desk", life: "me", holdMs: 2500, waitMs: 2750, renewMs: 500 };
type Here = Parameters<typeof stepClaim>[2];
const here: Here = {
  id: "a".repeat(64),
  epoch: 4,
  status: "living",
  departedTo: "",
  handover: null,
};

/** A body on a broker that gives back what it is given, at once or when asked. */
function body(start: Here = here) {
  let state: ClaimState = deafClaim;
  let now = 0;
  let record: Here = start;
  const said: EpochClaim[] = [];
  const effects: string[] = [];
  function put(input: ClaimInput): void {
    const made = stepClaim(state, input, record, now, options);
    state = made.state;
    for (const effect of made.effects) {
      effects.push(effect.type);
      if (effect.type === "publish") said.push(effect.claim);
    }
  }
  const hear = (claim: Partial<EpochClaim>) => {
    const full = {
      agent: here.id,
      epoch: 4,
      node: "desk",
      says: "holds",
      life: "me",
      n: 1,
    } as const;
    put({ type: "heard", claim: { ...full, ...claim } });
  };
  return {
    put,
    hear,
    said,
    effects,
    become: (next: Partial<Here>) => {
      record = { ...record, ...next };
      put({ type: "changed" });
    },
    /** Lets time pass in ticks; with `echo` everything said comes back. */
    pass(ms: number, echo = true) {
      for (const end = now + ms; now < end; ) {
        now += 100;
        const before = said.length;
        put({ type: "tick" });
        if (echo) for (const claim of said.slice(before)) hear(claim);
      }
    },
    may: () => mayAct(state, now),
    phase: () => state.phase,
  };
}
function holder() {
  const one = body();
  one.put({ type: "link", up: true });
  one.pass(3200);
  expect(one.may()).toBe(true);
  return one;
}

it("a body that the agent lived in and left answers who still hands it over, and claims nothing", () => {
  const one = body({ ...here, status: "departed", departedTo: "cellar" });
  one.put({ type: "link", up: true });
  one.pass(200);
  const before = one.said.length;
  one.hear({ says: "hands", life: "state", n: 9 });
  expect(one.said.slice(before)).toMatchObject([{ says: "asks", epoch: 4, node: "desk" }]);
  expect(one.may()).toBe(false);
  one.hear({ says: "hands", life: "state", node: "attic", n: 10 });
  one.hear({ says: "hands", life: "state", epoch: 3, n: 11 });
  expect(one.said).toHaveLength(before + 1);
});

describe("the right to act in an epoch", () => {
  it("comes only after silence, and after the own claim was heard back", () => {
    const one = body();
    one.put({ type: "link", up: true });
    one.pass(2700);
    expect(one.may()).toBe(false);
    one.pass(500);
    expect(one.may()).toBe(true);
    const deaf = body();
    deaf.put({ type: "link", up: true });
    deaf.pass(20_000, false);
    expect(deaf.may()).toBe(false);
  });
  it("ends by itself when claims are not heard back any more, and comes back with them", () => {
    const one = holder();
    one.pass(2600, false);
    expect(one.may()).toBe(false);
    one.pass(600);
    expect(one.may()).toBe(true);
  });
  it("ends at once without a broker", () => {
    const one = holder();
    one.put({ type: "link", up: false });
    expect(one.may()).toBe(false);
  });
  it("is not given by an echo of what was said before the silence was over", () => {
    const one = body();
    one.put({ type: "link", up: true });
    one.pass(600);
    const early = one.said.at(-1);
    one.pass(2400, false);
    expect(one.phase()).toBe("taking");
    one.hear(early ?? {});
    expect(one.may()).toBe(false);
  });
  it("belongs to whose claim came back first: the other waits, and leaves when the first goes on", () => {
    const one = body();
    one.put({ type: "link", up: true });
    one.pass(2900, true);
    const late = body();
    late.put({ type: "link", up: true });
    late.pass(600);
    late.pass(2400, false);
    late.hear({ node: "copy", life: "other", n: 7 });
    expect(late.phase()).toBe("waiting");
    expect(late.effects).not.toContain("over");
    late.hear({ node: "copy", life: "other", n: 8 });
    expect(late.effects).toContain("over");
  });
  it("is kept against who comes later, and said to him at once", () => {
    const one = holder();
    const before = one.said.length;
    one.hear({ node: "copy", life: "other", says: "asks" });
    expect(one.said.slice(before)).toMatchObject([{ says: "holds", life: "me" }]);
    expect(one.may()).toBe(true);
  });
  it("waits for a process of the same name that went before, as long as that one speaks", () => {
    const one = body();
    one.put({ type: "link", up: true });
    for (let n = 0; n < 10; n++) {
      one.pass(500);
      one.hear({ life: "before", n });
    }
    expect(one.may()).toBe(false);
    expect(one.effects).not.toContain("over");
    one.pass(3300);
    expect(one.may()).toBe(true);
  });
  it("is over for good with any claim of a higher epoch", () => {
    const one = holder();
    one.hear({ epoch: 5, node: "attic", life: "x", says: "asks" });
    expect(one.effects).toContain("over");
  });
  it("is kept while it is leaving, and by who stays, but not into another epoch", () => {
    const one = holder();
    one.become({ status: "leaving", departedTo: "attic" });
    one.pass(5000);
    const before = one.said.length;
    one.hear({ node: "copy", life: "other", says: "asks" });
    expect(one.said.slice(before)).toMatchObject([{ epoch: 4, says: "holds", life: "me" }]);
    one.become({ status: "living", departedTo: "" });
    expect(one.may()).toBe(true);
    one.become({ epoch: 5 });
    expect(one.may()).toBe(false);
  });
  it("is claimed by a process that finds the agent on its way", () => {
    const one = body({ ...here, status: "leaving", departedTo: "attic" });
    one.put({ type: "link", up: true });
    one.pass(3200);
    expect(one.said.at(-1)).toMatchObject({ epoch: 4, says: "holds", node: "desk" });
  });
  it("tells an older body who asks, and is not impressed by it", () => {
    const one = holder();
    const before = one.said.length;
    one.hear({ epoch: 3, node: "attic", life: "x" });
    expect(one.said.slice(before)).toMatchObject([{ epoch: 4, says: "holds" }]);
  });
});

describe("a handover", () => {
  it("is said by the body that was left until the next epoch speaks for itself", () => {
    const left = body({ ...here, status: "departed", departedTo: "attic", handover: "h" });
    left.put({ type: "link", up: true });
    left.pass(1200);
    expect(left.said[0]).toMatchObject({ says: "hands", epoch: 5, node: "attic", life: "h" });
    const count = left.said.length;
    left.hear({ epoch: 5, node: "attic", life: "x", says: "asks" });
    left.pass(2000);
    expect(left.said).toHaveLength(count);
  });
  it("brings only the copy to life that was taken in it", () => {
    const arriving = { ...here, epoch: 5, status: "arriving", handover: "h" } as const;
    for (const [claim, lives] of [
      [{ epoch: 5, says: "hands", life: "h" }, true],
      [{ epoch: 5, says: "hands", life: "another state" }, false],
      [{ epoch: 6, says: "hands", life: "h" }, false],
      [{ epoch: 5, says: "hands", life: "h", node: "attic" }, false],
      [{ epoch: 5, says: "holds", life: "h" }, false],
    ] as const) {
      const one = body(arriving);
      one.put({ type: "link", up: true });
      one.hear(claim);
      expect(one.effects.includes("live")).toBe(lives);
    }
  });
  it("is no rival to the body that lives by it", () => {
    const one = holder();
    one.hear({ says: "hands", life: "h" });
    expect(one.may()).toBe(true);
  });
});

it("a signed claim names everything that it says", () => {
  const claim = { agent: "a", epoch: 1, node: "n", says: "asks", life: "l", n: 2 } as const;
  const texts = new Set(
    [
      claim,
      { ...claim, agent: "b" },
      { ...claim, epoch: 2 },
      { ...claim, node: "m" },
      { ...claim, says: "holds" as const },
      { ...claim, life: "k" },
      { ...claim, n: 3 },
    ].map(claimText),
  );
  expect(texts.size).toBe(7);
});
