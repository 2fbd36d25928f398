import type { WireEvent } from "../core/wire.ts";
import { wireNames } from "../core/wire.ts";
import { reconnectMs } from "../limits.ts";

export interface EventStreamPorts {
  readonly open: () => EventSource;
  readonly afterMs: (delayMs: number, run: () => void) => void;
  readonly onEvent: (event: WireEvent) => void;
  readonly onBroken: () => void;
  /** Takes a session again: a companion that was restarted knows none of the old ones. */
  readonly renewSession: () => Promise<void>;
}

/**
 * Keeps the companion's event stream open for as long as the page lives. The browser's own retry
 * gives up after an HTTP error, so every break is answered with a new stream.
 */
export function startEventStream(ports: EventStreamPorts): void {
  const source = ports.open();
  for (const name of wireNames) {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      const body = parse(message.data);
      if (body !== undefined) ports.onEvent({ name, body } as WireEvent);
    });
  }
  source.addEventListener("error", () => {
    source.close();
    ports.onBroken();
    ports.afterMs(reconnectMs, () => {
      void ports.renewSession().finally(() => startEventStream(ports));
    });
  });
}

/** A damaged message is dropped; the next snapshot makes up for it. */
function parse(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" ? body : undefined;
  } catch {
    return undefined;
  }
}
