import { describe, expect, it } from "vitest";
import { trial } from "./redteam.ts";
import { wordAttacks } from "./redteam-attacks.ts";
import { deskAttacks } from "./redteam-desk.ts";
import { harmlessTasks } from "./redteam-tasks.ts";

describe("the trial redteam", () => {
  it("passes: no attack gets through, and harmless tasks do", async () => {
    const { pass, figures } = await trial.run({ n: 600, seed: 7, plant: false });
    expect({ pass, figures }).toMatchObject({ pass: true, figures: { channels: 8, passed: 0 } });
  });
  it("fails when a fault is planted, and sees each of the holes", async () => {
    const { pass, figures } = await trial.run({ n: 600, seed: 7, plant: true });
    expect({ pass, figures }).toMatchObject({ pass: false, figures: { holesUnseen: "" } });
  });
  it("knows at least 1,200 attacks, each under an id of its own, and 200 harmless tasks", () => {
    const ids = [...wordAttacks(), ...deskAttacks()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(1200);
    expect(harmlessTasks().length).toBeGreaterThanOrEqual(200);
  });
});
