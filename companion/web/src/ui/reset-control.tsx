import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { presenceOf } from "../core/dashboard-state.ts";
import { resetConfirmMs } from "../limits.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";

/** Clears a stop in two deliberate acts; the second has to come within five seconds. */
export function ResetControl({ dash }: { readonly dash: Dash }): JSX.Element | null {
  const stop = useSelect(dash, (state) => {
    const safety = state.groups.safety?.value;
    const live = presenceOf(state) === "live";
    const canReset = live && safety !== undefined && safety.stop_state !== "none";
    return canReset && safety.stop_state !== "stopping" ? safety.generation : null;
  });
  const [openedMs, setOpenedMs] = useState<number | null>(null);
  const [refusal, setRefusal] = useState("");
  const nowMs = dash.nowMs.value;
  const leftS =
    openedMs === null
      ? 0
      : Math.ceil((openedMs + resetConfirmMs - Math.max(nowMs, openedMs)) / 1000);
  useEffect(() => {
    setOpenedMs(null);
    setRefusal("");
  }, [stop]);
  if (stop === null) return null;
  const confirm = async (): Promise<void> => {
    setOpenedMs(null);
    document.getElementById("doing")?.focus();
    const reply = await dash.api.reset(stop);
    setRefusal(reply.ok ? "" : `Not reset: ${reply.sentence} ${reply.remedy}`);
  };
  return (
    <div class="reset">
      <p>{refusal === "" ? "Nothing moves until the stop is reset." : refusal}</p>
      {leftS <= 0 ? (
        <button
          type="button"
          onClick={() => {
            setRefusal("");
            setOpenedMs(dash.monotonicMs());
          }}
        >
          Reset...
        </button>
      ) : (
        <span class="row">
          <button
            type="button"
            class="primary"
            ref={(button) => button?.focus()}
            onClick={() => void confirm()}
          >
            Confirm reset <span class="count">({leftS} s)</span>
          </button>
          <button type="button" onClick={() => setOpenedMs(null)}>
            Keep stopped
          </button>
        </span>
      )}
    </div>
  );
}
