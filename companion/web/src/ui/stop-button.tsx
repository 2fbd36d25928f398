import type { JSX } from "preact";
import { stopLabel } from "../core/stop-label.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { StopIcon } from "./icons.tsx";

/** The one red thing. Always there, always pressable; its label is what is known to be true. */
export function StopButton({ dash }: { readonly dash: Dash }): JSX.Element {
  const label = useSelect(dash, stopLabel);
  return (
    <button
      type="button"
      class="stop"
      data-phase={label.phase}
      onClick={() => {
        void dash.api.stop();
      }}
    >
      <StopIcon />
      <span class="stop-text">
        <span class="stop-words">{label.words}</span>
        <span class={label.isKeyHint ? "stop-hint key-hint" : "stop-hint"}>{label.hint}</span>
      </span>
    </button>
  );
}
