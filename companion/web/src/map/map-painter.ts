import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { PoseMotion } from "../core/pose-motion.ts";
import { glideTo, isMoving, poseAt } from "../core/pose-motion.ts";
import type { HouseMarks } from "./draw-house.ts";
import { drawHouse, roomPath } from "./draw-house.ts";
import { drawRobot } from "./draw-robot.ts";
import type { Palette } from "./palette.ts";
import type { Scene } from "./scene.ts";
import type { Viewport } from "./viewport.ts";
import { fitPlan } from "./viewport.ts";

export interface PainterPorts {
  readonly house: HTMLCanvasElement;
  readonly robot: HTMLCanvasElement;
  readonly palette: () => Palette;
  readonly nowMs: () => number;
  readonly pixelRatio: () => number;
  readonly nextFrame: (run: () => void) => void;
  readonly reducedMotion: () => boolean;
}

export interface MapPainter {
  setPlan(plan: FloorPlan): void;
  setScene(scene: Scene): void;
  setMarks(marks: HouseMarks): void;
  setSize(widthPx: number, heightPx: number): void;
  /** The theme changed. */
  repaint(): void;
  /** The room at a place in the box, CSS pixels. */
  roomAtPx(xPx: number, yPx: number): string | null;
  view(): Viewport | null;
}

/** Pixels of air around the house; the scale stands in it. */
const marginPx = 20;

/** Two layers: the house is painted when it changes, the robot only in frames in which it moves. */
export function createMapPainter(ports: PainterPorts): MapPainter {
  let plan: FloorPlan | null = null;
  let scene: Scene | null = null;
  let marks: HouseMarks = { hovered: null, chosen: null };
  let size = { widthPx: 0, heightPx: 0 };
  let motion: PoseMotion | null = null;
  let palette: Palette | null = null;
  let houseIsDirty = true;
  let isAsked = false;

  const view = (): Viewport | null =>
    plan === null || size.widthPx === 0
      ? null
      : fitPlan(plan, size.widthPx, size.heightPx, marginPx);

  function ask(): void {
    if (isAsked) return;
    isAsked = true;
    ports.nextFrame(paint);
  }
  function clear(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const ratio = ports.pixelRatio();
    const width = Math.round(size.widthPx * ratio);
    const height = Math.round(size.heightPx * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const ctx = canvas.getContext("2d");
    ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx?.clearRect(0, 0, size.widthPx, size.heightPx);
    return ctx;
  }
  function paint(): void {
    isAsked = false;
    const shown = view();
    if (plan === null || shown === null) return;
    if (houseIsDirty || palette === null) {
      houseIsDirty = false;
      palette = ports.palette();
      const ctx = clear(ports.house);
      if (ctx !== null) drawHouse(ctx, plan, shown, palette, marks);
    }
    const nowMs = ports.nowMs();
    const ctx = clear(ports.robot);
    if (ctx === null || scene === null) return;
    drawRobot(ctx, scene, motion === null ? null : poseAt(motion, nowMs), shown, palette);
    if (motion !== null && isMoving(motion, nowMs)) ask();
  }
  function paintAll(): void {
    houseIsDirty = true;
    ask();
  }
  return {
    setPlan(next) {
      plan = next;
      paintAll();
    },
    setScene(next) {
      const to = next.pose;
      const isNew = to !== null && !isSamePose(scene, to);
      if (isNew) motion = glideTo(motion, to, ports.nowMs(), ports.reducedMotion());
      if (to === null) motion = null;
      scene = next;
      ask();
    },
    setMarks(next) {
      if (next.hovered === marks.hovered && next.chosen === marks.chosen) return;
      marks = next;
      paintAll();
    },
    setSize(widthPx, heightPx) {
      size = { widthPx, heightPx };
      paintAll();
    },
    repaint: paintAll,
    roomAtPx(xPx, yPx) {
      const shown = view();
      const ctx = ports.house.getContext("2d");
      if (plan === null || shown === null || ctx === null) return null;
      const ratio = ports.pixelRatio();
      const isIn = (path: Path2D): boolean => ctx.isPointInPath(path, xPx * ratio, yPx * ratio);
      return plan.rooms.find((room) => isIn(roomPath(room, shown)))?.id ?? null;
    },
    view,
  };
}

function isSamePose(scene: Scene | null, to: NonNullable<Scene["pose"]>): boolean {
  const pose = scene?.pose;
  if (pose === null || pose === undefined) return false;
  return pose.xM === to.xM && pose.yM === to.yM && pose.headingRad === to.headingRad;
}
