/**
 * The part of a planned way that still lies ahead: from the end of the leg that passes nearest to
 * the robot. Points are x and y in turn, metres; the robot keeps the whole way until it is planned
 * anew.
 */
export function pathAhead(points: readonly number[], xM: number, yM: number): readonly number[] {
  let next = 0;
  let nearestM = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 3 < points.length; at += 2) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = points.slice(at, at + 4);
    const distanceM = distanceToLeg(xM, yM, ax, ay, bx, by);
    // Of two legs that meet at the robot, the later one: the corner is reached.
    if (distanceM > nearestM) continue;
    nearestM = distanceM;
    next = at + 2;
  }
  return points.slice(next);
}

function distanceToLeg(
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / square;
  const within = Math.min(1, Math.max(0, share));
  return Math.hypot(x - ax - dx * within, y - ay - dy * within);
}
