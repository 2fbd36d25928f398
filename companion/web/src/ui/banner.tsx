import type { JSX } from "preact";
import type { DashboardState } from "../core/dashboard-state.ts";
import { presenceOf } from "../core/dashboard-state.ts";
import { formatAge } from "../core/format.ts";
import { stopLabel } from "../core/stop-label.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { UnlinkIcon, WarnIcon } from "./icons.tsx";

/** What stands in the way of trusting the page; nothing while all is well. */
export function Banners({ dash }: { readonly dash: Dash }): JSX.Element {
  const away = useSelect(dash, (state, nowMs) => {
    const presence = presenceOf(state);
    const age = formatAge(nowMs - state.heardMs);
    return { presence, age: presence === "disconnected" ? age : "" };
  });
  const stop = useSelect(dash, stopWarning);
  return (
    <section class="banners" aria-label="Warnings">
      {stop === null ? null : (
        <div class="banner loud">
          <WarnIcon />
          <p>
            <strong>{stop.title}</strong> {stop.words}
          </p>
        </div>
      )}
      <AwayBanner presence={away.presence} age={away.age} />
    </section>
  );
}

/** A stop that nobody may rely on, in words that cannot be overlooked. */
function stopWarning(
  state: DashboardState,
  nowMs: number,
): { readonly title: string; readonly words: string } | null {
  const { phase, words } = stopLabel(state, nowMs);
  const { stopRequest } = state;
  if (phase === "not-sent") {
    const isTrying = stopRequest.phase === "sending";
    const failed = "failed" in stopRequest ? (stopRequest.failed ?? "") : "";
    const next = isTrying ? "Trying again." : "Press Stop to try again.";
    return {
      title: "The stop did not get through.",
      words: `${failed} Use the stop on the robot itself. ${next}`,
    };
  }
  if (phase !== "unconfirmed") return null;
  return { title: "The stop is not confirmed.", words: `${words}. Look at the robot.` };
}

interface AwayProps {
  readonly presence: ReturnType<typeof presenceOf>;
  readonly age: string;
}

function AwayBanner({ presence, age }: AwayProps): JSX.Element | null {
  if (presence === "live" || presence === "loading") return null;
  const words = {
    disconnected: [
      "Disconnected from the companion.",
      `Last heard ${age}. Grey values are the last known, not the present. Trying again.`,
    ],
    unreachable: [
      "The companion does not answer.",
      "Check that it runs (npm start) and that this address is right. Trying again.",
    ],
    offline: [
      "The robot is offline.",
      "It said goodbye, or was never here. Switch it on; this page follows by itself.",
    ],
    lost: [
      "The robot is lost.",
      "It fell silent without a goodbye. Look at the robot: its power, then its network.",
    ],
  }[presence];
  return (
    <div class="banner">
      <UnlinkIcon />
      <p>
        <strong>{words[0]}</strong> {words[1]}
      </p>
    </div>
  );
}
