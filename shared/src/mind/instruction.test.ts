import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planSchema } from "../agent/plan.ts";
import { parseInstruction } from "./instruction.ts";
import { isStopWord } from "./stop-words.ts";
import { refused, rooms, understood } from "./testing/phrases.ts";

/** Steps in a short form: "goto kitchen", "say hello", "patrol a+b"; a refusal as "!code". */
function short(text: string, house: Parameters<typeof parseInstruction>[1] = rooms): string {
  const parsed = parseInstruction(text, house);
  if (!parsed.ok) return `!${parsed.reason}`;
  return parsed.steps
    .map((step) => {
      if (step.skill === "goto") return `goto ${step.place}`;
      if (step.skill === "say") return `say ${step.text}`;
      return step.skill === "patrol" ? `patrol ${step.places.join("+")}` : step.skill;
    })
    .join(" | ");
}

describe("the rules mind", () => {
  for (const [want, texts] of Object.entries(understood)) {
    it.each(texts)(`reads %j as ${want}`, (text) => expect(short(text)).toBe(want));
  }
  for (const [want, texts] of Object.entries(refused)) {
    it.each(texts)(`refuses %j with ${want}`, (text) => expect(short(text)).toBe(want));
  }

  it("knows more than 150 phrases in this table", () => {
    const phrases = [...Object.values(understood), ...Object.values(refused)].flat();
    expect(new Set(phrases).size).toBeGreaterThan(150);
  });

  it("lists the rooms that exist when it refuses an unknown one", () => {
    const parsed = parseInstruction("go to the garage", rooms);
    expect(parsed).toMatchObject({ ok: false, sentence: expect.stringContaining("living room") });
  });

  it("names the candidates when a name fits several rooms, and moves nowhere", () => {
    const twins = [
      { id: "bath_1", name: "upper bath", aliases: ["bath"] },
      { id: "bath_2", name: "lower bath", aliases: ["bath"] },
    ];
    for (const text of ["go to the bath", "go to bath"]) {
      const parsed = parseInstruction(text, twins);
      expect(parsed).toMatchObject({ ok: false, reason: "unknown-room" });
      expect(!parsed.ok && parsed.sentence).toContain("upper bath or lower bath");
    }
    const close = [
      { id: "roomx", name: "roomx", aliases: [] },
      { id: "roomy", name: "roomy", aliases: [] },
    ];
    expect(short("go to roomx", close)).toBe("goto roomx");
    expect(short("go to roomz", close)).toBe("!unknown-room");
  });

  it("never takes one number for another", () => {
    const numbered = [{ id: "room_1", name: "room 1", aliases: ["office12"] }];
    expect(short("go to room 1", numbered)).toBe("goto room_1");
    expect(short("go to room 2", numbered)).toBe("!unknown-room");
    expect(short("go to office13", numbered)).toBe("!unknown-room");
  });

  it("splits a large house into patrols that a plan can hold", () => {
    const many = Array.from({ length: 32 }, (_, i) => ({
      id: `r${i}`,
      name: `r${i}`,
      aliases: [],
    }));
    const parsed = parseInstruction("patrol the house", many);
    expect(parsed.ok && parsed.steps.map((s) => s.skill === "patrol" && s.places.length)).toEqual([
      8, 8, 8, 8,
    ]);
  });

  it("takes exactly 500 characters and refuses 501", () => {
    const padded = (length: number) => `go to the kitchen${"!".repeat(length - 17)}`;
    expect(short(padded(500))).toBe("goto kitchen");
    expect(short(padded(501))).toBe("!instruction-too-long");
  });

  const vocabulary = fc.constantFrom(
    ..."go to the kitchen and then say hello stop don't come back dock , . ; \" ' ' patrol house living room tell please".split(
      " ",
    ),
  );
  const anything = fc.oneof(
    fc.string({ maxLength: 600, unit: "binary" }),
    fc.string({ maxLength: 600, unit: "grapheme" }),
    fc.array(vocabulary, { maxLength: 120 }).map((words) => words.join(" ")),
  );
  it("answers any text with a valid plan or a refusal that fits its payload", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseInstruction(text, rooms);
        if (parsed.ok) planSchema.parse({ id: "x", decided_by: "rules", steps: parsed.steps });
        else expect(parsed.sentence.length).toBeLessThanOrEqual(400);
        expect(parseInstruction(text, rooms)).toEqual(parsed);
        if (isStopWord(text)) expect(parsed).toEqual({ ok: true, steps: [{ skill: "stop" }] });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["separators", `say a${", ".repeat(240)}`],
    ["fillers", "please ".repeat(70)],
    ["quotes", `say ${"'a ".repeat(160)}`],
    ["rooms", "go to the kitchen and ".repeat(22)],
    ["marks", "!".repeat(12_000)],
    ["words", "a ".repeat(249)],
    ["stops", "stop ".repeat(2400)],
  ])("is quick on 500 characters of %s", (_, text) => {
    const start = performance.now();
    for (let i = 0; i < 10; i++) parseInstruction(text, rooms);
    expect((performance.now() - start) / 10).toBeLessThan(50);
  });
});
