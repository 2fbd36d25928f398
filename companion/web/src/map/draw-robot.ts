import type { ShownPose } from "../core/pose-motion.ts";
import type { Trail } from "../core/trail.ts";
import type { Palette } from "./palette.ts";
import { pathAhead } from "./path-ahead.ts";
import type { Scene } from "./scene.ts";
import type { Viewport } from "./viewport.ts";
import { toXPx, toYPx } from "./viewport.ts";

/** The HC-SR04 hears within about 15 degrees to each side (its datasheet's "measuring angle"). */
const sonarHalfAngleRad = (15 * Math.PI) / 180;
const smallestRobotPx = 7;

/** What moves: driven way, planned way, sonar, uncertainty, robot. `pose` is the glided one. */
export function drawRobot(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  pose: ShownPose | null,
  view: Viewport,
  palette: Palette,
): void {
  drawTrail(ctx, scene.trail, pose, view, palette);
  if (pose === null) return;
  drawPath(ctx, pathAhead(scene.path, pose.xM, pose.yM), pose, view, palette);
  const x = toXPx(view, pose.xM);
  const y = toYPx(view, pose.yM);
  const radius = Math.max(smallestRobotPx, scene.radiusM * view.scale);
  if (scene.rangeM !== null) {
    drawSonar(ctx, x, y, pose.headingRad, radius, radius + scene.rangeM * view.scale, palette);
  }
  drawUncertainty(ctx, scene, pose, x, y, view, palette);
  drawBody(ctx, scene, pose, x, y, radius, palette);
}

function drawTrail(
  ctx: CanvasRenderingContext2D,
  trail: Trail,
  pose: ShownPose | null,
  view: Viewport,
  palette: Palette,
): void {
  ctx.save();
  ctx.strokeStyle = palette.accent;
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = 2;
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  ctx.beginPath();
  // The last point is where the robot was measured; it is drawn up to where it is shown.
  const points = pose === null ? trail : trail.slice(0, -1);
  for (const point of points) {
    const x = toXPx(view, point.xM);
    const y = toYPx(view, point.yM);
    if (point.gap) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
  if (pose !== null && points.length > 0 && trail.at(-1)?.gap === false) {
    ctx.lineTo(toXPx(view, pose.xM), toYPx(view, pose.yM));
  }
  ctx.stroke();
  ctx.restore();
}

function drawPath(
  ctx: CanvasRenderingContext2D,
  points: readonly number[],
  pose: ShownPose,
  view: Viewport,
  palette: Palette,
): void {
  if (points.length < 2) return;
  ctx.save();
  ctx.strokeStyle = palette.accent;
  ctx.lineWidth = 2;
  ctx.lineJoin = "round";
  ctx.setLineDash([6, 6]);
  ctx.beginPath();
  ctx.moveTo(toXPx(view, pose.xM), toYPx(view, pose.yM));
  let x = 0;
  let y = 0;
  for (let at = 0; at + 1 < points.length; at += 2) {
    x = toXPx(view, points[at] ?? 0);
    y = toYPx(view, points[at + 1] ?? 0);
    ctx.lineTo(x, y);
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.fillStyle = palette.paper;
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(x, y, 2, 0, 2 * Math.PI);
  ctx.fillStyle = palette.accent;
  ctx.fill();
  ctx.restore();
}

function drawSonar(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  headingRad: number,
  fromPx: number,
  toPx: number,
  palette: Palette,
): void {
  const start = -headingRad - sonarHalfAngleRad;
  const end = -headingRad + sonarHalfAngleRad;
  ctx.save();
  ctx.fillStyle = palette.accent;
  ctx.strokeStyle = palette.accent;
  ctx.beginPath();
  ctx.arc(x, y, fromPx, start, end);
  ctx.arc(x, y, toPx, end, start, true);
  ctx.closePath();
  ctx.globalAlpha = 0.14;
  ctx.fill();
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.arc(x, y, toPx, start, end);
  ctx.stroke();
  ctx.restore();
}

/** Two standard deviations: the ellipse of the place, and the fan of the heading. */
function drawUncertainty(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  pose: ShownPose,
  x: number,
  y: number,
  view: Viewport,
  palette: Palette,
): void {
  const radius = 2 * scene.sigmaM * view.scale;
  if (radius < 2) return;
  ctx.save();
  ctx.strokeStyle = scene.isCurrent ? palette.accent : palette.quiet;
  ctx.fillStyle = ctx.strokeStyle;
  ctx.beginPath();
  ctx.ellipse(x, y, radius, radius, -pose.headingRad, 0, 2 * Math.PI);
  ctx.globalAlpha = 0.1;
  ctx.fill();
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
}

function drawBody(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  pose: ShownPose,
  x: number,
  y: number,
  radius: number,
  palette: Palette,
): void {
  const colour = !scene.isCurrent ? palette.quiet : scene.isStopped ? palette.ink : palette.accent;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(-pose.headingRad);
  ctx.lineJoin = "round";
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.arc(0, 0, radius, 0, 2 * Math.PI);
  ctx.fillStyle = scene.isCurrent ? colour : palette.paper;
  ctx.fill();
  // A ring of paper sets the robot off from its own way and from furniture.
  ctx.strokeStyle = palette.paper;
  ctx.lineWidth = 5;
  ctx.stroke();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  if (!scene.isCurrent) ctx.setLineDash([3, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(radius * 0.62, 0);
  ctx.lineTo(-radius * 0.42, -radius * 0.46);
  ctx.lineTo(-radius * 0.16, 0);
  ctx.lineTo(-radius * 0.42, radius * 0.46);
  ctx.closePath();
  ctx.fillStyle = scene.isCurrent ? palette.paper : colour;
  ctx.fill();
  ctx.restore();
}
