/** A box on the floor, as far as rays care; the same fields as a solid of a floor plan. */
export interface RayBox {
  readonly label: string;
  readonly x_m: number;
  readonly y_m: number;
  readonly size_x_m: number;
  readonly size_y_m: number;
  readonly heading_rad: number;
}

/** What a ray met: how far, at what angle to the surface's normal (0 = head on), how hard. */
export interface RayHit {
  distanceM: number;
  incidenceRad: number;
  soft: boolean;
}

export interface RayCaster {
  /** Fills `hit` with the nearest surface; false when there is none within `limitM`. */
  cast(xM: number, yM: number, headingRad: number, limitM: number, hit: RayHit): boolean;
  /** Whether nothing stands between two points; surfaces within 1 cm of the second are ignored. */
  sees(fromX: number, fromY: number, toX: number, toY: number): boolean;
  /** Distance to the nearest solid; 0 or less inside one. Infinity in an empty world. */
  clearanceM(xM: number, yM: number): number;
  /** Replaces the boxes that come and go; the fixed ones stay. */
  setExtra(boxes: readonly RayBox[]): void;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly halfX: number;
  readonly halfY: number;
  readonly soft: boolean;
}

const tagMarginM = 0.01;

function toBox(box: RayBox, soft: ReadonlySet<string>): Box {
  return {
    x: box.x_m,
    y: box.y_m,
    cos: Math.cos(box.heading_rad),
    sin: Math.sin(box.heading_rad),
    halfX: box.size_x_m / 2,
    halfY: box.size_y_m / 2,
    soft: soft.has(box.label),
  };
}

/**
 * Slab test in the box's own frame: answers the distance at which the ray enters, 0 when it
 * starts inside, Infinity when it misses; `entry.cos` is the cosine of the incidence.
 */
function enter(box: Box, x: number, y: number, dx: number, dy: number, entry: { cos: number }) {
  const rx = x - box.x;
  const ry = y - box.y;
  const lx = rx * box.cos + ry * box.sin;
  const ly = ry * box.cos - rx * box.sin;
  const ux = dx * box.cos + dy * box.sin;
  const uy = dy * box.cos - dx * box.sin;
  let near = 0;
  let far = Number.POSITIVE_INFINITY;
  let cos = 1;
  if (ux === 0) {
    if (lx < -box.halfX || lx > box.halfX) return Number.POSITIVE_INFINITY;
  } else {
    const a = ((ux > 0 ? -box.halfX : box.halfX) - lx) / ux;
    const b = ((ux > 0 ? box.halfX : -box.halfX) - lx) / ux;
    if (a > near) {
      near = a;
      cos = Math.abs(ux);
    }
    far = b;
  }
  if (uy === 0) {
    if (ly < -box.halfY || ly > box.halfY) return Number.POSITIVE_INFINITY;
  } else {
    const a = ((uy > 0 ? -box.halfY : box.halfY) - ly) / uy;
    const b = ((uy > 0 ? box.halfY : -box.halfY) - ly) / uy;
    if (a > near) {
      near = a;
      cos = Math.abs(uy);
    }
    if (b < far) far = b;
  }
  if (far < near) return Number.POSITIVE_INFINITY;
  entry.cos = cos;
  return near;
}

function clearanceOf(box: Box, x: number, y: number): number {
  const rx = x - box.x;
  const ry = y - box.y;
  const outX = Math.abs(rx * box.cos + ry * box.sin) - box.halfX;
  const outY = Math.abs(ry * box.cos - rx * box.sin) - box.halfY;
  if (outX <= 0 && outY <= 0) return Math.max(outX, outY);
  return Math.hypot(Math.max(outX, 0), Math.max(outY, 0));
}

/** A 2D ray caster over boxes; `soft` names the labels that swallow sound. */
export function createRayCaster(
  solids: readonly RayBox[],
  soft: readonly string[] = [],
): RayCaster {
  const softLabels = new Set(soft);
  const fixed = solids.map((solid) => toBox(solid, softLabels));
  let boxes = fixed;
  const entry = { cos: 1 };
  return {
    cast(xM, yM, headingRad, limitM, hit) {
      const dx = Math.cos(headingRad);
      const dy = Math.sin(headingRad);
      let best = limitM;
      let found = false;
      for (const box of boxes) {
        const distance = enter(box, xM, yM, dx, dy, entry);
        if (distance > best || (found && distance === best)) continue;
        best = distance;
        found = true;
        hit.incidenceRad = Math.acos(Math.min(1, entry.cos));
        hit.soft = box.soft;
      }
      hit.distanceM = best;
      return found;
    },
    sees(fromX, fromY, toX, toY) {
      const length = Math.hypot(toX - fromX, toY - fromY);
      if (length <= tagMarginM) return true;
      const dx = (toX - fromX) / length;
      const dy = (toY - fromY) / length;
      return boxes.every((box) => enter(box, fromX, fromY, dx, dy, entry) > length - tagMarginM);
    },
    clearanceM(xM, yM) {
      let best = Number.POSITIVE_INFINITY;
      for (const box of boxes) {
        const clearance = clearanceOf(box, xM, yM);
        if (clearance < best) best = clearance;
      }
      return best;
    },
    setExtra(extra) {
      boxes = [...fixed, ...extra.map((box) => toBox(box, softLabels))];
    },
  };
}
