import type { Timer, Timers } from "@timmy/shared/ports/time";
import { maxStreams, pingMs, streamQueue } from "./limits.ts";

export interface StreamEvent {
  readonly type: string;
  readonly data: unknown;
}

/** Text of one server-sent event (WHATWG HTML, section 9.2.6). */
export function formatEvent({ type, data }: StreamEvent): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What one dashboard has still to be sent: bounded; the oldest telemetry goes first. */
export function createEventQueue(limit = streamQueue) {
  const waiting: StreamEvent[] = [];
  return {
    /** False when there is no room left for something that must not be dropped. */
    push(event: StreamEvent): boolean {
      if (waiting.length >= limit) {
        const droppable = waiting.findIndex(({ type }) => type === "telemetry" || type === "ping");
        if (droppable === -1) return false;
        waiting.splice(droppable, 1);
      }
      waiting.push(event);
      return true;
    },
    drain: (): StreamEvent[] => waiting.splice(0),
    size: () => waiting.length,
  };
}

export interface EventStreams {
  /** A body for one dashboard, or null when there are too many. */
  open(first: StreamEvent): ReadableStream<Uint8Array> | null;
  send(event: StreamEvent): void;
  count(): number;
  close(): void;
}

/** All dashboards that listen. One that does not read is cut off; it comes back with a snapshot. */
export function createEventStreams(ports: {
  readonly timers: Timers;
  readonly wallMs: () => number;
}): EventStreams {
  interface Client {
    push(event: StreamEvent): void;
    end(): void;
  }
  const clients = new Set<Client>();
  const encoder = new TextEncoder();
  let pings: Timer | null = null;

  function send(event: StreamEvent): void {
    for (const client of [...clients]) client.push(event);
  }
  function leave(client: Client): void {
    clients.delete(client);
    if (clients.size > 0) return;
    pings?.cancel();
    pings = null;
  }
  function connect(first: StreamEvent): ReadableStream<Uint8Array> {
    const queue = createEventQueue();
    let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
    let hungry = false;
    const flush = () => {
      if (!hungry || controller === null || queue.size() === 0) return;
      hungry = false;
      controller.enqueue(encoder.encode(queue.drain().map(formatEvent).join("")));
    };
    const client: Client = {
      push(event) {
        if (queue.push(event)) flush();
        else client.end();
      },
      end() {
        leave(client);
        controller?.close();
        controller = null;
      },
    };
    queue.push(first);
    clients.add(client);
    return new ReadableStream<Uint8Array>({
      start(given) {
        controller = given;
      },
      pull() {
        hungry = true;
        flush();
      },
      cancel() {
        controller = null;
        leave(client);
      },
    });
  }
  return {
    open(first) {
      if (clients.size >= maxStreams) return null;
      const body = connect(first);
      pings ??= timersEvery();
      return body;
    },
    send,
    count: () => clients.size,
    close() {
      for (const client of [...clients]) client.end();
    },
  };
  function timersEvery(): Timer {
    return ports.timers.every("ping dashboards", pingMs, () =>
      send({ type: "ping", data: { now_ms: Math.round(ports.wallMs()) } }),
    );
  }
}
