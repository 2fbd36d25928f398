/** Angles inside the code are radians, counter-clockwise from +x; payloads carry degrees. */
export const degPerRad = 180 / Math.PI;
export const toDeg = (rad: number): number => rad * degPerRad;
export const toRad = (deg: number): number => deg / degPerRad;

/** The same angle in (-pi, pi]. */
export function wrapAngle(rad: number): number {
  const turns = rad / (2 * Math.PI);
  const wrapped = (turns - Math.floor(turns)) * 2 * Math.PI;
  return wrapped > Math.PI ? wrapped - 2 * Math.PI : wrapped;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Rounds to `digits` decimals, so that a payload shows no more than is known. */
export function roundTo(value: number, digits: number): number {
  const scale = 10 ** digits;
  const rounded = Math.round(value * scale) / scale;
  return rounded === 0 ? 0 : rounded;
}
