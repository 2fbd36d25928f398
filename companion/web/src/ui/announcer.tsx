import type { JSX } from "preact";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";

/** The page's only live region: stops, arrivals and refusals. */
export function Announcer({ dash }: { readonly dash: Dash }): JSX.Element {
  const said = useSelect(dash, (state) => state.announcement);
  return (
    <div class="visually-hidden" role="status" aria-live="assertive" aria-atomic="true">
      {said.text === "" ? null : <p key={said.id}>{said.text}</p>}
    </div>
  );
}
