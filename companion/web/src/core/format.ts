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
