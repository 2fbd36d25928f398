/** How little the difference between the first places counts (Cormack, Clarke, Buettcher 2009). */
const damping = 60;

/**
 * One ranking out of several by reciprocal rank: scores of different kinds are never compared. Ties
 * keep the order of the first list that names them.
 */
export function fuseRanks(rankings: readonly (readonly string[])[]): readonly string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [place, id] of [...new Set(ranking)].entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (damping + place + 1));
    }
  }
  return [...scores].sort(([, a], [, b]) => b - a).map(([id]) => id);
}
