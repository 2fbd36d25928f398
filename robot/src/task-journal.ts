import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { decidedBySchema } from "@timmy/shared/agent/plan";
import type { Logger } from "@timmy/shared/ports/logger";
import { z } from "zod";

const entrySchema = z.object({
  task_id: z.string().max(64),
  instruction: z.string().max(200),
  who: z.string().max(64),
  decided_by: decidedBySchema,
  steps: z.array(z.string().max(200)).max(4),
  step: z.number().int().min(0),
});
export type JournalEntry = z.infer<typeof entrySchema>;

const key = "task in progress";

/** Keeps the task that is under way, so that the next process can say that it did not end. */
export function createTaskJournal(
  store: Pick<AgentStore, "preferences" | "setPreference">,
  logger: Logger,
) {
  function attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      // A memory that cannot be written must not hold a robot up: the task goes on.
      logger.warn("the memory cannot be written", { error: String(error) });
    }
  }
  return {
    /** No memory of the agent's: neither a mind nor a search should come across it. */
    begin: (entry: JournalEntry) => attempt(() => store.setPreference(key, JSON.stringify(entry))),
    end: () => attempt(() => store.setPreference(key, null)),
    /** What a process before this one left unfinished, if anything. */
    orphan(): JournalEntry | null {
      try {
        const parsed = entrySchema.safeParse(JSON.parse(store.preferences()[key] ?? "{}"));
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
  };
}
export type TaskJournal = ReturnType<typeof createTaskJournal>;
