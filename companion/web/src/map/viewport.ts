import type { FloorPlan } from "@timmy/shared/map/floor-plan";

/** How metres of the plan become pixels of the screen; y points up on the plan, down here. */
export interface Viewport {
  readonly scale: number;
  readonly originXPx: number;
  readonly originYPx: number;
}

/** Fits the whole plan into a box of CSS pixels, centred, with a margin. */
export function fitPlan(
  plan: Pick<FloorPlan, "width_m" | "height_m">,
  widthPx: number,
  heightPx: number,
  marginPx: number,
): Viewport {
  const freeX = Math.max(1, widthPx - 2 * marginPx);
  const freeY = Math.max(1, heightPx - 2 * marginPx);
  const scale = Math.min(freeX / plan.width_m, freeY / plan.height_m);
  return {
    scale,
    originXPx: (widthPx - plan.width_m * scale) / 2,
    originYPx: (heightPx + plan.height_m * scale) / 2,
  };
}

export const toXPx = (view: Viewport, xM: number): number => view.originXPx + xM * view.scale;
export const toYPx = (view: Viewport, yM: number): number => view.originYPx - yM * view.scale;
