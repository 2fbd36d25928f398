import { describe, expect, it } from "vitest";
import type { DashboardState } from "./dashboard-state.ts";
import { createDashboardState } from "./dashboard-state.ts";
import { sampleApproval, sampleBackend, sampleTreasury } from "./money-samples.ts";
import {
  backendSentence,
  backendWords,
  formatPeriod,
  groupsOf,
  irrevocable,
  ownedMsat,
  trustOf,
} from "./money-words.ts";

const page = (
  treasury = sampleTreasury(),
  fields: Partial<DashboardState> = {},
): DashboardState => {
  const state = createDashboardState(0);
  const money = { ...state.money, treasury: { value: treasury, atMs: 0 } };
  return { ...state, link: "open", clockOffsetMs: 1_000_000, money, ...fields };
};

describe("what is owned", () => {
  it("is hot, on its way, warm and cold, without what is not confirmed", () => {
    expect(ownedMsat(sampleTreasury().tiers)).toBe(1234n);
  });
});

describe("the backend's name", () => {
  it("says mock and play money whenever it is the mock, whatever its alias", () => {
    const mock = sampleTreasury(sampleBackend({ alias: "mainnet-node" }));
    expect(backendWords(mock)).toEqual({ kind: "mock", name: "Mock: play money", state: "" });
    expect(backendSentence(page(mock), mock.backend, 0).title).toContain("play money");
  });
  it("never says mock of a node that is away", () => {
    const away = sampleTreasury(sampleBackend({ kind: "lnd", state: "away", alias: "home" }));
    expect(backendWords(away)).toEqual({ kind: "lnd", name: "home", state: "away" });
    const { title, more } = backendSentence(page(away), away.backend, 720_000);
    expect(title).toBe("home, regtest. Away, since 12\u202fmin.");
    expect(more).toContain("The books can be read");
  });
  it("is unknown before the treasury was heard, and none where there is none", () => {
    expect(backendWords(null).state).toBe("unknown");
    expect(backendWords(sampleTreasury(sampleBackend({ kind: "none" }))).state).toBe("none");
  });
});

describe("trust", () => {
  it("is whole while companion, treasury and node are heard", () => {
    expect(trustOf(page(), 0)).toEqual({ books: true, node: true, nodeAge: "" });
  });
  it("keeps the books while only the node is away, and says since when", () => {
    const away = sampleTreasury(sampleBackend({ kind: "lnd", state: "locked" }));
    const trust = trustOf(page(away), 30_000);
    expect(trust).toEqual({ books: true, node: false, nodeAge: "30\u202fs ago" });
  });
  it("is gone when the companion or its treasury is not heard", () => {
    expect(trustOf(page(sampleTreasury(), { link: "lost" }), 9000).books).toBe(false);
    const state = page();
    const gone = { ...state, money: { ...state.money, awaySinceMs: 2000 } };
    expect(trustOf(gone, 9000)).toEqual({ books: false, node: false, nodeAge: "7\u202fs ago" });
  });
});

describe("words for money", () => {
  it("tell a window in hours or days", () => {
    expect([3_600_000, 21_600_000, 86_400_000, 604_800_000].map(formatPeriod)).toEqual([
      "hour",
      "6\u202fh",
      "day",
      "7\u202fdays",
    ]);
  });
  it("group a destination without losing or adding a character", () => {
    const text = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt08";
    expect(groupsOf(text).join("")).toBe(text);
    expect(groupsOf(text)[0]).toBe("bcrt");
    expect(groupsOf("")).toEqual([]);
  });
  it("name the most that can leave with an approval, fee included", () => {
    for (const kind of ["withdrawal", "payment", "sweep", "channel"] as const) {
      expect(irrevocable(sampleApproval({ kind }))).toContain("50\u2009265 sat");
    }
  });
});
