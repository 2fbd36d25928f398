import { createConnection, type Socket } from "node:net";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import type { TagSensor, TagSighting } from "./tag-sensor.ts";

const reconnectMs = 500;
const lineLimitChars = 16_384;
const sightingLimit = 64;
const lastTagId = 586;
const farthestM = 20;
const oldestMs = 10_000;

function isSighting(value: unknown): value is TagSighting {
  if (typeof value !== "object" || value === null) return false;
  const { id, bearingRad, rangeM, ageMs } = value as Partial<Record<keyof TagSighting, unknown>>;
  const within = (n: unknown, low: number, high: number) =>
    typeof n === "number" && n >= low && n <= high;
  return (
    Number.isInteger(id) &&
    within(id, 0, lastTagId) &&
    within(bearingRad, -Math.PI, Math.PI) &&
    within(rangeM, 0, farthestM) &&
    within(ageMs, 0, oldestMs)
  );
}

/** One line of the sensor socket: its sightings, or null when it is damaged. */
export function parseTagLine(line: string): readonly TagSighting[] | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { type, sightings } = value as { type?: unknown; sightings?: unknown };
  if (type !== "tags" || !Array.isArray(sightings) || sightings.length > sightingLimit) return null;
  return sightings.every(isSighting) ? sightings : null;
}

/**
 * The camera's tags over a unix socket. Connects when the first listener comes and again whenever
 * the other end goes away; a damaged line is dropped and counted.
 */
export function createSocketTagSensor(
  path: string,
  ports: { readonly timers: Timers; readonly logger: Logger },
): TagSensor & { badLines(): number } {
  const listeners = new Set<(sightings: readonly TagSighting[]) => void>();
  let socket: Socket | null = null;
  let retry: Timer | null = null;
  let stopped = false;
  let bad = 0;

  function take(line: string): void {
    const sightings = line.length > lineLimitChars ? null : parseTagLine(line);
    if (sightings === null) bad++;
    else for (const listen of listeners) listen(sightings);
  }
  function connect(): void {
    retry = null;
    let rest = "";
    let up = false;
    const opened = createConnection(path);
    socket = opened;
    opened.setEncoding("utf8");
    opened.on("connect", () => {
      up = true;
      ports.logger.info("tag sensor connected", { path });
    });
    opened.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      // What is over the limit cannot become a good line: keep just enough to count it as bad.
      rest = (lines.pop() ?? "").slice(0, lineLimitChars + 1);
      for (const line of lines) take(line);
    });
    // `close` follows every error, so that one place decides what to do.
    opened.on("error", () => {});
    opened.on("close", () => {
      if (up && !stopped) ports.logger.warn("tag sensor lost", { path });
      if (socket === opened) socket = null;
      if (!stopped) retry = ports.timers.after("tag sensor reconnect", reconnectMs, connect);
    });
  }
  return {
    onSightings(listen) {
      listeners.add(listen);
      if (socket === null && retry === null && !stopped) connect();
      return () => listeners.delete(listen);
    },
    stop() {
      stopped = true;
      listeners.clear();
      retry?.cancel();
      socket?.destroy();
    },
    badLines: () => bad,
  };
}
