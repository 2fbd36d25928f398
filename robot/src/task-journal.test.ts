import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { createTaskJournal, type JournalEntry } from "./task-journal.ts";

const ports = createSeededPorts({ wallMs: () => 1 }, createRandom(1));
const entry: JournalEntry = {
  task_id: "t1",
  instruction: "go to the kitchen",
  who: "owner",
  decided_by: "rules",
  steps: ["go to the kitchen"],
  step: 0,
};

describe("the task journal", () => {
  it("tells the next process what was under way, and nothing once it ended", () => {
    const memory = openAgentStore(":memory:", ports);
    const journal = createTaskJournal(memory, createMemoryLogger());
    expect(journal.orphan()).toBeNull();
    journal.begin(entry);
    expect(createTaskJournal(memory, createMemoryLogger()).orphan()).toEqual(entry);
    journal.end();
    expect(journal.orphan()).toBeNull();
    memory.stop();
  });
  it("never stands in the way of a task when the memory cannot be written", () => {
    const memory = openAgentStore(":memory:", ports);
    const logger = createMemoryLogger();
    memory.stop();
    const journal = createTaskJournal(memory, logger);
    journal.begin(entry);
    journal.end();
    expect(journal.orphan()).toBeNull();
    expect(logger.lines.map((line) => line.message)).toContain("the memory cannot be written");
  });
});
