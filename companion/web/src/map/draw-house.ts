import type { FloorPlan, Room } from "@timmy/shared/map/floor-plan";
import { placeLabel } from "./label-place.ts";
import type { Palette } from "./palette.ts";
import type { Viewport } from "./viewport.ts";
import { toXPx, toYPx } from "./viewport.ts";

export interface HouseMarks {
  /** The room under the pointer, the one that was chosen, and the one the robot is in. */
  readonly hovered: string | null;
  readonly chosen: string | null;
}

/** Names on a large and on a small map, and the scale, CSS pixels. */
const largeLabelPx = 15;
const smallLabelPx = 13;
const smallMapScale = 45;

/** A room's outline as a path in CSS pixels; also used to find the room under a pointer. */
export function roomPath(room: Room, view: Viewport): Path2D {
  const path = new Path2D();
  for (const [x, y] of room.outline) path.lineTo(toXPx(view, x), toYPx(view, y));
  path.closePath();
  return path;
}

/** The house as it stands still: floors, furniture, walls, names, tags, dock, scale. */
export function drawHouse(
  ctx: CanvasRenderingContext2D,
  plan: FloorPlan,
  view: Viewport,
  palette: Palette,
  marks: HouseMarks,
): void {
  for (const room of plan.rooms) {
    const path = roomPath(room, view);
    ctx.fillStyle = palette.floor;
    ctx.fill(path);
    // Rooms touch in doorways; without a rim the seam between them would show.
    ctx.strokeStyle = palette.floor;
    ctx.lineWidth = 1;
    ctx.stroke(path);
    if (room.id !== marks.hovered && room.id !== marks.chosen) continue;
    ctx.fillStyle = palette.accentWash;
    ctx.fill(path);
  }
  for (const solid of plan.solids)
    if (solid.kind === "furniture") drawSolid(ctx, solid, view, palette);
  for (const solid of plan.solids) if (solid.kind === "wall") drawSolid(ctx, solid, view, palette);
  for (const tag of plan.tags) drawTag(ctx, tag, view, palette);
  drawDock(ctx, plan.dock, view, palette);
  for (const room of plan.rooms) drawName(ctx, plan, room, view, palette);
  drawScale(ctx, plan, view, palette);
}

function drawSolid(
  ctx: CanvasRenderingContext2D,
  solid: FloorPlan["solids"][number],
  view: Viewport,
  palette: Palette,
): void {
  const width = solid.size_x_m * view.scale;
  const height = solid.size_y_m * view.scale;
  ctx.save();
  ctx.translate(toXPx(view, solid.x_m), toYPx(view, solid.y_m));
  ctx.rotate(-solid.heading_rad);
  if (solid.kind === "wall") {
    ctx.fillStyle = palette.wall;
    // Half a pixel more on each side, so that walls that touch show no seam.
    ctx.fillRect(-width / 2 - 0.5, -height / 2 - 0.5, width + 1, height + 1);
  } else {
    ctx.fillStyle = palette.furniture;
    ctx.strokeStyle = palette.furnitureLine;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.roundRect(-width / 2, -height / 2, width, height, Math.min(3, width / 4, height / 4));
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/** A wall tag: a small framed square that looks into the room. */
function drawTag(
  ctx: CanvasRenderingContext2D,
  tag: FloorPlan["tags"][number],
  view: Viewport,
  palette: Palette,
): void {
  ctx.save();
  ctx.translate(toXPx(view, tag.x_m), toYPx(view, tag.y_m));
  ctx.rotate(-tag.heading_rad);
  ctx.fillStyle = palette.paper;
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.rect(0, -3.5, 7, 7);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = palette.ink;
  ctx.fillRect(2.5, -1, 2, 2);
  ctx.restore();
}

/** The dock: a bracket, open to the side from which the robot drives in, with a bolt in it. */
function drawDock(
  ctx: CanvasRenderingContext2D,
  dock: FloorPlan["dock"],
  view: Viewport,
  palette: Palette,
): void {
  const half = Math.max(9, 0.17 * view.scale);
  ctx.save();
  ctx.translate(toXPx(view, dock.x_m), toYPx(view, dock.y_m));
  ctx.strokeStyle = palette.accent;
  ctx.fillStyle = palette.accent;
  ctx.lineWidth = 1.75;
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  ctx.save();
  ctx.rotate(-dock.heading_rad);
  ctx.beginPath();
  ctx.moveTo(half * 0.7, -half);
  ctx.lineTo(-half, -half);
  ctx.lineTo(-half, half);
  ctx.lineTo(half * 0.7, half);
  ctx.stroke();
  ctx.restore();
  const unit = half / 12;
  ctx.beginPath();
  for (const [x, y] of [
    [1.5, -8],
    [-5, 1.5],
    [-0.5, 1.5],
    [-1.5, 8],
    [5, -1.5],
    [0.5, -1.5],
  ] as const) {
    ctx.lineTo(x * unit, y * unit);
  }
  ctx.closePath();
  ctx.fill();
  ctx.restore();
}

/** A room's name in small caps, with a halo so that it reads over furniture as well. */
function drawName(
  ctx: CanvasRenderingContext2D,
  plan: FloorPlan,
  room: Room,
  view: Viewport,
  palette: Palette,
): void {
  const path = roomPath(room, view);
  ctx.save();
  const labelPx = view.scale < smallMapScale ? smallLabelPx : largeLabelPx;
  ctx.font = `small-caps ${labelPx}px ${palette.fontFamily}`;
  ctx.letterSpacing = "0.06em";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const widthPx = ctx.measureText(room.name).width;
  // With air around it, so that its halo does not bite into a wall.
  const size = { widthM: (widthPx + 14) / view.scale, heightM: (labelPx + 10) / view.scale };
  // `isPointInPath` reads device pixels, so the current scale is applied by hand.
  const ratio = ctx.getTransform().a;
  const contains = (xM: number, yM: number): boolean =>
    ctx.isPointInPath(path, toXPx(view, xM) * ratio, toYPx(view, yM) * ratio);
  const [xM, yM] = placeLabel(room, plan, size, contains);
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = palette.floor;
  ctx.strokeText(room.name, toXPx(view, xM), toYPx(view, yM));
  ctx.fillStyle = palette.quiet;
  ctx.fillText(room.name, toXPx(view, xM), toYPx(view, yM));
  ctx.restore();
}

/** One metre, under the lower left corner of the house. */
function drawScale(
  ctx: CanvasRenderingContext2D,
  plan: FloorPlan,
  view: Viewport,
  palette: Palette,
): void {
  const x = toXPx(view, plan.width_m);
  const y = toYPx(view, 0) + 11;
  ctx.save();
  ctx.strokeStyle = palette.quiet;
  ctx.fillStyle = palette.quiet;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x - view.scale, y - 3);
  ctx.lineTo(x - view.scale, y + 3);
  ctx.moveTo(x - view.scale, y);
  ctx.lineTo(x, y);
  ctx.moveTo(x, y - 3);
  ctx.lineTo(x, y + 3);
  ctx.stroke();
  ctx.font = `${smallLabelPx}px ${palette.fontFamily}`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillText("1 m", x - view.scale - 6, y);
  ctx.restore();
}
