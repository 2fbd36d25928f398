import { formatAge } from "../core/format.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";

/** Since when the page hears nothing, in words; empty while what it shows is the present. */
export const useHeardAge = (dash: Dash): string =>
  useSelect(dash, ({ link, heardMs }, nowMs) =>
    link === "lost" ? formatAge(nowMs - heardMs) : "",
  );
