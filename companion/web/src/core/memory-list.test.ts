import type { MemoryView } from "@timmy/shared/agent/views";
import { describe, expect, it } from "vitest";
import { memoriesPage, undoMs } from "../limits.ts";
import { sampleMemory } from "./agent-samples.ts";
import type { MemoryAction, MemoryList, MemoryQuestion } from "./memory-list.ts";
import { noMemories, reduceMemories, shownRows } from "./memory-list.ts";

const facts: MemoryQuestion = { kind: "fact", query: "" };
const some = (first: number, count: number): MemoryView[] =>
  Array.from({ length: count }, (_, at) => sampleMemory({ id: `m${first + at}` }));
const read = (
  memories: readonly MemoryView[],
  fields: Partial<Extract<MemoryAction, { type: "memories-read" }>> = {},
): MemoryAction => ({
  type: "memories-read",
  question: facts,
  page: { memories: [...memories], facts: 30, episodes: 4 },
  isOlder: false,
  nowMs: 1000,
  ...fields,
});
const run = (...actions: readonly MemoryAction[]): MemoryList =>
  actions.reduce(reduceMemories, noMemories);
const ids = (list: MemoryList, nowMs = 1000): string[] =>
  shownRows(list.rows ?? [], nowMs).map(({ memory }) => memory.id);

describe("a list of memories", () => {
  it("goes on from its last one, without showing any twice", () => {
    const list = run(
      read(some(0, memoriesPage)),
      read(some(memoriesPage - 1, memoriesPage), { isOlder: true }),
    );
    expect(new Set(ids(list)).size).toBe(list.rows?.length);
    expect(list.rows).toHaveLength(2 * memoriesPage - 1);
    expect(list.isEnd).toBe(false);
  });
  it("ends at a page that is not full, and at one that brings nothing new", () => {
    expect(run(read(some(0, 3))).isEnd).toBe(true);
    const again = read(some(0, memoriesPage), { isOlder: true });
    expect(run(read(some(0, memoriesPage)), again).isEnd).toBe(true);
  });
  it("takes no answer to a question that is not asked any more", () => {
    const question = { kind: "fact", query: "tea" } as const;
    const list = run({ type: "memories-asked", question }, read(some(0, 2)));
    expect(list.rows).toBeNull();
    const problem = { code: "x", sentence: "", remedy: "", retryS: null };
    expect(reduceMemories(list, { type: "memories-failed", question: facts, problem })).toBe(list);
  });
  it("keeps what it shows while the same is asked again", () => {
    const list = run(read(some(0, 2)), { type: "memories-asked", question: facts });
    expect(ids(list)).toEqual(["m0", "m1"]);
  });
});

it("shows the best of a search, and offers no more of it", () => {
  const question = { kind: "fact", query: "tea" } as const;
  const list = run({ type: "memories-asked", question }, read(some(0, memoriesPage), { question }));
  expect(list.isEnd).toBe(true);
});

describe("a memory that was forgotten", () => {
  const forget: MemoryAction = {
    type: "memory-forgotten",
    memory: sampleMemory({ id: "m1" }),
    at: 1,
    nowMs: 2000,
  };
  const forgotten = run(read(some(0, 3)), forget);
  it("stays in its place for as long as it can be brought back, and then goes", () => {
    expect(ids(forgotten, 2000 + undoMs)).toEqual(["m0", "m1", "m2"]);
    expect(ids(forgotten, 2001 + undoMs)).toEqual(["m0", "m2"]);
  });
  it("stays there when the list is read anew, which does not hold it any more", () => {
    const fresh = read(some(0, 3).toSpliced(1, 1), { nowMs: 3000 });
    expect(ids(reduceMemories(forgotten, fresh), 3000)).toEqual(["m0", "m1", "m2"]);
    const late = reduceMemories(forgotten, { ...fresh, nowMs: 2001 + undoMs } as MemoryAction);
    expect(late.rows).toHaveLength(2);
  });
  it("stands there also when the list was read without it before the answer came", () => {
    const fresh = read(some(0, 3).toSpliced(1, 1), { nowMs: 1900 });
    expect(ids(run(read(some(0, 3)), fresh, forget), 2000)).toEqual(["m0", "m1", "m2"]);
  });
  it("is one like the others again once it is restored, and there is one of it", () => {
    const memory = sampleMemory({ id: "again" });
    const restore: MemoryAction = { type: "memory-restored", id: "m1", memory };
    const fresh = read([memory, ...some(0, 3).toSpliced(1, 1)], { nowMs: 2100 });
    for (const before of [forgotten, reduceMemories(forgotten, fresh)]) {
      const back = reduceMemories(before, restore);
      expect(back.rows?.every(({ forgottenMs }) => forgottenMs === null)).toBe(true);
      expect(ids(back).filter((id) => id === "again")).toHaveLength(1);
      expect(back.rows).toHaveLength(3);
    }
  });
});

describe("a fact in the owner's words", () => {
  it("comes first when it is new", () => {
    const memory = sampleMemory({ id: "new" });
    expect(ids(run(read(some(0, 2)), { type: "memory-kept", memory, instead: null }))).toEqual([
      "new",
      "m0",
      "m1",
    ]);
  });
  it("takes the place of the one that was edited, whatever its id is now", () => {
    const memory = sampleMemory({ id: "new" });
    expect(ids(run(read(some(0, 2)), { type: "memory-kept", memory, instead: "m1" }))).toEqual([
      "m0",
      "new",
    ]);
  });
  it("does not come before what was searched for", () => {
    const question = { kind: "fact", query: "tea" } as const;
    const list = run({ type: "memories-asked", question }, read(some(0, 2), { question }), {
      type: "memory-kept",
      memory: sampleMemory({ id: "new" }),
      instead: null,
    });
    expect(ids(list)).toEqual(["m0", "m1"]);
  });
  it("does not appear among the episodes", () => {
    const question = { kind: "episode", query: "" } as const;
    const list = run(
      { type: "memories-asked", question },
      read([sampleMemory({ id: "e1", kind: "episode" })], { question }),
      { type: "memory-kept", memory: sampleMemory({ id: "new" }), instead: null },
    );
    expect(ids(list)).toEqual(["e1"]);
  });
});
