import { describe, expect, it } from "vitest";
import { keptItems } from "../limits.ts";
import type { Items, Turn } from "./conversation.ts";
import { answer, ask, foldEvent, runningTurn } from "./conversation.ts";
import { sampleStop, sampleTask } from "./sample-payloads.ts";
import type { Reply } from "./wire.ts";

const fold = (...events: readonly ReturnType<typeof sampleTask>[]): Items =>
  events.reduce(foldEvent, [] as Items);
const turnOf = (items: Items): Turn => {
  const turn = items[0];
  if (turn?.kind !== "turn") throw new Error("no turn");
  return turn;
};
const accepted: Reply = {
  ok: true,
  code: null,
  sentence: "Accepted.",
  remedy: "",
  taskId: "t1",
  speedMps: null,
};

describe("a task", () => {
  it("fills its steps in as they end, with what was measured", () => {
    const done = { outcome: "done", x_m: 1.2, y_m: 3.4, speed_mps: 0, room: "kitchen" } as const;
    const items = fold(
      sampleTask(),
      sampleTask({ phase: "step-started" }),
      sampleTask({ phase: "step-ended", duration_s: 8, ...done }),
      sampleTask({ phase: "step-started", step: 1 }),
    );
    const steps = turnOf(items).task?.steps;
    expect(steps?.map(({ status }) => status)).toEqual(["done", "running"]);
    expect(steps?.[0]?.measured).toEqual({
      xM: 1.2,
      yM: 3.4,
      speedMps: 0,
      room: "kitchen",
      durationS: 8,
    });
  });
  it("does not leave a step running or waiting after its end", () => {
    const items = fold(
      sampleTask(),
      sampleTask({ phase: "step-started" }),
      sampleTask({ phase: "ended", outcome: "aborted", sentence: "A stop ended it." }),
    );
    const { task } = turnOf(items);
    expect(task?.steps.map(({ status }) => status)).toEqual(["aborted", "skipped"]);
    expect(runningTurn(items)).toBeNull();
  });
  it("never shows an end without an outcome as done", () => {
    const items = fold(sampleTask(), sampleTask({ phase: "ended", outcome: null }));
    expect(turnOf(items).task?.outcome).toBe("unconfirmed");
  });
  it("is understood from its middle on", () => {
    const items = fold(sampleTask({ phase: "step-started", step: 1 }));
    expect(turnOf(items).task?.steps[1]?.status).toBe("running");
  });
});

describe("a sentence of the owner", () => {
  const asked = ask([], "a1", "go to the kitchen and say hello", 1);
  it("is joined by its task when the events come before the answer", () => {
    const early = foldEvent(asked, sampleTask());
    expect(early).toHaveLength(1);
    const items = answer(early, "a1", accepted);
    expect(items).toHaveLength(1);
    expect(turnOf(items).task?.id).toBe("t1");
  });
  it("is joined by its task when the answer comes first", () => {
    const items = foldEvent(
      answer(asked, "a1", accepted),
      sampleTask({ instruction: "rephrased" }),
    );
    expect(items).toHaveLength(1);
    expect(turnOf(items).instruction).toBe("go to the kitchen and say hello");
  });
  it("takes over a task that stood alone under other words", () => {
    const early = foldEvent(asked, sampleTask({ instruction: "rephrased" }));
    expect(early).toHaveLength(2);
    const items = answer(early, "a1", accepted);
    expect(items).toHaveLength(1);
    expect(turnOf(items).task?.id).toBe("t1");
  });
  it("keeps why it was refused", () => {
    const refused = { ...accepted, ok: false, code: "lost", sentence: "Lost.", taskId: null };
    expect(turnOf(answer(asked, "a1", refused)).reply).toEqual(refused);
  });
});

describe("a stop", () => {
  it("is one note that changes from stopping to what was measured", () => {
    const items = [
      sampleStop(),
      sampleStop({ state: "stopped", speed_mps: 0 }),
      sampleStop({ state: "none" }),
    ].reduce(foldEvent, [] as Items);
    expect(items.map((item) => (item.kind === "stop" ? item.sentence : ""))).toEqual([
      "Stopped, 0.00\u202fm/s measured.",
      "The stop was reset.",
    ]);
  });
});

it("forgets the oldest item beyond its limit", () => {
  let items: Items = [];
  for (let at = 0; at <= keptItems; at++) items = ask(items, `a${at}`, "stop", at);
  expect(items).toHaveLength(keptItems);
  expect(items[0]?.key).toBe("a1");
});
