import type { JSX } from "preact";
import { hashOf } from "../core/route.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";

/** In the place of what only a living agent has: why there is none, and where to look. */
export function NoAgent({ dash }: { readonly dash: Dash }): JSX.Element {
  const where = useSelect(dash, (state) => state.agent.where?.value ?? null);
  const loading = useSelect(dash, ({ link }) => link === "connecting");
  if (where === null) {
    return (
      <p class="quiet sheet">
        {loading ? "Asking who lives where..." : "Nothing is known yet. Waiting for the companion."}
      </p>
    );
  }
  return (
    <div class="sheet">
      <p>
        <strong>No living agent is known.</strong> {where.sentence}
      </p>
      <p class="top-gap">
        <a href={hashOf("agent")}>See the bodies</a>
      </p>
    </div>
  );
}
