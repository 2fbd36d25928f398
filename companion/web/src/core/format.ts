import { longAgoMs } from "../limits.ts";

/** Numbers as a person reads them: with their unit, and no more digits than are known. */
const narrow = "\u202f";

export const formatSpeed = (mps: number): string => `${Math.abs(mps).toFixed(2)}${narrow}m/s`;
export const formatMetres = (metres: number): string => `${metres.toFixed(2)}${narrow}m`;
export const formatVolts = (volts: number): string => `${volts.toFixed(2)}${narrow}V`;
export const formatPercent = (percent: number): string => `${Math.round(percent)}${narrow}%`;
export const formatDuration = (seconds: number): string => `${seconds.toFixed(1)}${narrow}s`;

/** 0 to 359 degrees, counter-clockwise from the map's x axis. */
export function formatHeading(deg: number): string {
  return `${((Math.round(deg) % 360) + 360) % 360}°`;
}

/** How long ago, in the coarsest unit that still says something. */
export function formatAge(ageMs: number): string {
  if (ageMs < 1500) return "now";
  const seconds = Math.round(ageMs / 1000);
  if (seconds < 100) return `${seconds}${narrow}s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes}${narrow}min ago`;
  return `${Math.round(minutes / 60)}${narrow}h ago`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** The time of day on the reader's own clock, to the second. */
export function formatTime(wallMs: number): string {
  const at = new Date(wallMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Date and time of day on the reader's own clock. */
export function formatMoment(wallMs: number): string {
  const at = new Date(wallMs);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** An age while it still says something, then the day. */
export const formatSince = (atMs: number, nowMs: number): string =>
  nowMs - atMs < longAgoMs ? formatAge(nowMs - atMs) : formatMoment(atMs).slice(0, 10);

/** How long until, in the coarsest unit that still says something. */
export function formatUntil(leftMs: number): string {
  if (leftMs <= 0) return "now";
  const minutes = Math.ceil(leftMs / 60_000);
  if (minutes < 2) return `in ${Math.ceil(leftMs / 1000)}\u202fs`;
  if (minutes < 100) return `in ${minutes}\u202fmin`;
  const hours = Math.round(minutes / 60);
  return hours < 49 ? `in ${hours}\u202fh` : `in ${Math.round(hours / 24)}\u202fdays`;
}

/** "living_room" as a person says it. */
export const formatRoom = (id: string): string => id.replaceAll("_", " ");

/** A sentence's first letter as a capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Codes of a stop ("link-lost,estop") as words. */
export const formatReason = (codes: string): string =>
  codes
    .split(",")
    .map((code) =>
      code
        .trim()
        .replace(/^e-?stop$/, "emergency stop")
        .replaceAll(/[-_]/g, " "),
    )
    .filter((code) => code !== "")
    .join(", ");

/** The middle of a long name is the part that nobody compares anyway. */
export const shorten = (text: string): string =>
  text.length <= 20 ? text : `${text.slice(0, 8)}...${text.slice(-6)}`;
