import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import type { TreasuryView } from "@timmy/shared/money/views";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import { maxTreasuryLineChars, treasuryRetryMs, treasuryTimeoutMs } from "../limits.ts";

type PaymentFields = Omit<EventPayload<"payment">, "v" | "seq" | "ts">;
/** What the treasury tells by itself, one JSON object a line. */
export type TreasuryNews =
  | { readonly type: "view"; readonly data: TreasuryView }
  | { readonly type: "payment"; readonly data: PaymentFields };

/**
 * The companion's end of the treasury: another process holds books, node and policy, and is reached
 * by a socket in a folder of its user. Requests pass through; news is listened to.
 */
export interface TreasuryClient {
  /** Passes a request on; null when the treasury does not answer. */
  forward(method: string, path: string, body: string): Promise<Response | null>;
  /** The newest view, or null while the treasury is away. */
  view(): TreasuryView | null;
  onNews(listen: (news: TreasuryNews | { readonly type: "away" }) => void): () => void;
  start(): void;
  stop(): void;
}

/** Headers of the treasury's answers that a browser gets. */
const passedHeaders = ["content-type", "content-disposition", "retry-after"];

function toResponse(message: IncomingMessage, bytes: Buffer): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  for (const name of passedHeaders) {
    const value = message.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return new Response(new Uint8Array(bytes), { status: message.statusCode ?? 502, headers });
}

export function createTreasuryClient(ports: {
  readonly socketPath: string;
  readonly timers: Timers;
  readonly logger: Logger;
}): TreasuryClient {
  const { socketPath, timers, logger } = ports;
  const listeners = new Set<(news: TreasuryNews | { type: "away" }) => void>();
  let view: TreasuryView | null = null;
  let listening: ClientRequest | null = null;
  let retry: Timer | null = null;
  let running = false;

  function tell(news: TreasuryNews | { type: "away" }): void {
    for (const listen of [...listeners]) listen(news);
  }
  function lost(): void {
    listening = null;
    if (view !== null) {
      view = null;
      logger.warn("the treasury is away");
      tell({ type: "away" });
    }
    if (running) retry = timers.after("treasury again", treasuryRetryMs, listen);
  }
  function read(line: string): void {
    if (line.length > maxTreasuryLineChars) return;
    let news: TreasuryNews;
    try {
      news = JSON.parse(line) as TreasuryNews;
    } catch {
      // The treasury ended in the middle of a line; it tells everything anew when it is back.
      return;
    }
    if (news.type === "view") view = news.data;
    tell(news);
  }
  function listen(): void {
    retry = null;
    let gone = false;
    const leave = () => {
      if (!gone) lost();
      gone = true;
    };
    listening = request({ socketPath, path: "/news" }, (message) => {
      // A reader of lines passes on the errors of what it reads.
      createInterface({ input: message }).on("line", read).on("error", leave);
      message.on("error", leave).on("close", leave);
    });
    listening.on("error", leave).on("close", leave).end();
  }
  return {
    forward(method, path, body) {
      return new Promise((resolve) => {
        const headers = { "content-type": "application/json" };
        const sent = request({ socketPath, method, path, headers, timeout: treasuryTimeoutMs });
        sent.on("response", (message) => {
          const parts: Buffer[] = [];
          message.on("data", (part: Buffer) => parts.push(part));
          message.on("end", () => resolve(toResponse(message, Buffer.concat(parts))));
          message.on("error", () => resolve(null));
        });
        sent.on("timeout", () => sent.destroy());
        sent.on("error", () => resolve(null)).on("close", () => resolve(null));
        sent.end(body);
      });
    },
    view: () => view,
    onNews(listenTo) {
      listeners.add(listenTo);
      return () => listeners.delete(listenTo);
    },
    start() {
      if (running) return;
      running = true;
      listen();
    },
    stop() {
      running = false;
      retry?.cancel();
      listening?.destroy();
    },
  };
}
