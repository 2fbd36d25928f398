/**
 * Two short forms of a vector: the signs of its numbers, one bit each, by which many are compared
 * quickly, and its numbers as eight bits, by which the best are told apart. Both keep the direction.
 */
export interface VectorForms {
  readonly signs: Uint8Array;
  readonly fine: Int8Array;
}

/** Null where it is no direction: of another length, not finite, or zero. */
export function formsOf(vector: readonly number[], dimensions: number): VectorForms | null {
  const largest = vector.reduce((most, n) => Math.max(most, Math.abs(n)), 0);
  if (vector.length !== dimensions || !Number.isFinite(largest) || largest === 0) return null;
  const fine = Int8Array.from(vector, (n) => Math.round((127 * n) / largest));
  const signs = new Uint8Array(Math.ceil(dimensions / 8));
  for (const [i, n] of vector.entries()) {
    if (n > 0) signs[i >> 3] = (signs[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return { signs, fine };
}
