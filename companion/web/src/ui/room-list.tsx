import type { JSX } from "preact";
import { whyNoMotion } from "../core/dashboard-state.ts";
import { capital } from "../core/format.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { GoIcon } from "./icons.tsx";

/** The places of the house, for keys and thumbs: each sends the robot there. */
export function RoomList({ dash }: { readonly dash: Dash }): JSX.Element | null {
  const plan = useSelect(dash, (state) => state.plan);
  const room = useSelect(dash, (state) => state.groups.pose?.value.room ?? null);
  const why = useSelect(dash, whyNoMotion);
  if (plan === null) return null;
  const places = [
    ...plan.rooms.map(({ id, name }) => ({ id, name })),
    { id: "dock", name: "dock" },
  ];
  return (
    <div class="rooms">
      <span class="quiet rooms-label" id="rooms-label">
        <GoIcon /> Go to
      </span>
      <ul aria-labelledby="rooms-label">
        {places.map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              class={id === room ? "here" : ""}
              aria-disabled={why !== null}
              title={why ?? undefined}
              aria-label={`Go to the ${name}${id === room ? ", the robot is here" : ""}`}
              onClick={() => {
                // Not `disabled`: the list stays in reach of keys, and says why in its title.
                if (why === null) void dash.api.goTo(id, `go to the ${name}`);
              }}
            >
              {capital(name)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
