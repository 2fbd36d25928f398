import type { Logger } from "@timmy/shared/ports/logger";

/** Who wants to be told; one that throws is reported and keeps nobody else from hearing. */
export function createListeners<T>(logger: Logger) {
  const all = new Set<(news: T) => void>();
  return {
    add(listen: (news: T) => void): () => void {
      all.add(listen);
      return () => all.delete(listen);
    },
    tell(news: T): void {
      for (const listen of [...all]) {
        try {
          listen(news);
        } catch (cause) {
          logger.error("a listener failed", { error: String(cause).slice(0, 200) });
        }
      }
    },
  };
}
export type Listeners<T> = ReturnType<typeof createListeners<T>>;
