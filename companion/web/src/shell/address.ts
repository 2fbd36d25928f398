import type { Route } from "../core/route.ts";
import { routeOf } from "../core/route.ts";

export interface AddressPorts {
  readonly target: Pick<Window, "addEventListener" | "location">;
  readonly onRoute: (route: Route) => void;
}

/** Follows the part of the address behind "#", so that the browser's own back button works. */
export function followAddress({ target, onRoute }: AddressPorts): void {
  const tell = (): void => onRoute(routeOf(target.location.hash));
  target.addEventListener("hashchange", tell);
  tell();
}
