import { maxNewsListeners, maxNewsWaiting } from "../limits.ts";

/** Listeners that each get every line; one that does not read is cut off and comes back. */
export function createNews() {
  const encoder = new TextEncoder();
  const listeners = new Set<{ push(line: string): void; end(): void }>();
  return {
    /** A body for one listener, or null when there are too many. */
    open(first: unknown): ReadableStream<Uint8Array> | null {
      if (listeners.size >= maxNewsListeners) return null;
      let end = () => {};
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const listener = {
              push(line: string) {
                if ((controller.desiredSize ?? 0) <= 0) return listener.end();
                controller.enqueue(encoder.encode(line));
              },
              end() {
                listeners.delete(listener);
                controller.close();
              },
            };
            listeners.add(listener);
            end = () => void listeners.delete(listener);
            listener.push(`${JSON.stringify(first)}\n`);
          },
          cancel: () => end(),
        },
        { highWaterMark: maxNewsWaiting },
      );
    },
    send(news: unknown): void {
      const line = `${JSON.stringify(news)}\n`;
      for (const listener of [...listeners]) listener.push(line);
    },
    close(): void {
      for (const listener of [...listeners]) listener.end();
    },
  };
}
export type News = ReturnType<typeof createNews>;
