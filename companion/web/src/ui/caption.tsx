import type { JSX } from "preact";
import { livesElsewhere } from "../core/agent-words.ts";
import { presenceOf } from "../core/dashboard-state.ts";
import { doingWords } from "../core/robot-words.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { DriveSwitch } from "./drive-panel.tsx";
import { ResetControl } from "./reset-control.tsx";

/** Where it is, what it is doing and why, above the map; beside it the way out of a stop. */
export function Caption({ dash }: { readonly dash: Dash }): JSX.Element {
  const { where, what, why } = useSelect(dash, doingWords);
  const arming = useSelect(dash, (state) => {
    const safety = state.groups.safety?.value;
    const shown = presenceOf(state) === "live" && safety?.stop_state === "none";
    return shown ? safety.arming : "";
  });
  const elsewhere = useSelect(dash, livesElsewhere);
  const stopped = useSelect(
    dash,
    ({ groups }) => (groups.safety?.value.stop_state ?? "none") !== "none",
  );
  return (
    <div class="caption">
      <div class="caption-words">
        {/* Takes the focus when the reset, which had it, is gone; never a text field, for Space. */}
        <h2 id="doing" tabIndex={-1}>
          {what}
        </h2>
        <p class="quiet">
          {where}
          {why === "" ? null : <span>. {why.charAt(0).toUpperCase() + why.slice(1)}</span>}
        </p>
        {elsewhere === "" ? null : <p>{elsewhere}</p>}
        {arming === "" ? null : <p>Not ready to move: {arming}</p>}
      </div>
      <div class="caption-acts">
        <ResetControl dash={dash} />
        {stopped ? null : <DriveSwitch dash={dash} />}
      </div>
    </div>
  );
}
