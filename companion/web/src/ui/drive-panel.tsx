import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { whyNoMotion } from "../core/dashboard-state.ts";
import { driveCommand, noDrive, stickAt } from "../core/drive-input.ts";
import { formatSpeed } from "../core/format.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { PadIcon } from "./icons.tsx";

/** Keys never move the robot by accident: this switch comes first. */
export function DriveSwitch({ dash }: { readonly dash: Dash }): JSX.Element {
  const why = useSelect(dash, whyNoMotion);
  const isOn = dash.drive.status.value !== "closed";
  return (
    <button
      type="button"
      class="switch"
      aria-pressed={isOn}
      disabled={why !== null && !isOn}
      title={why ?? undefined}
      onClick={() => dash.drive.switchTo(!isOn)}
    >
      <PadIcon /> Drive by hand<span class="switch-state">{isOn ? "on" : "off"}</span>
    </button>
  );
}

/** The pad for thumbs and pointers; keys work as long as it is shown. */
export function DrivePanel({ dash }: { readonly dash: Dash }): JSX.Element | null {
  const status = dash.drive.status.value;
  const maxMps = useSelect(dash, (state) => state.info?.max_speed_mps ?? 0);
  const why = useSelect(dash, whyNoMotion);
  const panel = useRef<HTMLElement>(null);
  const isShown = status !== "closed";
  useEffect(() => {
    // On a phone the pad stands under the map, perhaps under the thumb's own dock.
    if (isShown) panel.current?.scrollIntoView({ block: "nearest" });
  }, [isShown]);
  if (!isShown) return null;
  const held = dash.drive.held.value;
  const command = driveCommand(held, maxMps);
  const words = {
    opening: "Connecting...",
    open: why ?? `Asked: ${formatSpeed(command.linear_mps)}`,
    broken: "The drive link broke. Switch it off and on.",
  }[status];
  return (
    <section class="drive" ref={panel} aria-label="Drive by hand">
      <Pad dash={dash} />
      <div class="drive-words">
        <p>{words}</p>
        <p class="quiet">
          Hold the pad, arrows or W A S D. Letting go stops. At most {formatSpeed(maxMps)}.
        </p>
      </div>
    </section>
  );
}

function Pad({ dash }: { readonly dash: Dash }): JSX.Element {
  const held = dash.drive.held.value;
  const { linear_mps: ahead, angular_radps: turn } = driveCommand({ ...held, stick: null }, 1);
  const stick = held.stick ?? { x: -turn / 1.5, y: ahead };
  const move = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const radius = box.width / 2;
    const x = event.clientX - box.left - radius;
    const y = event.clientY - box.top - radius;
    dash.drive.hold({ keys: held.keys, stick: stickAt(x, y, radius) });
  };
  const release = (): void => dash.drive.hold(noDrive);
  return (
    <div
      class="pad"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
    >
      <svg viewBox="-100 -100 200 200" aria-hidden="true" focusable="false">
        <circle class="pad-rim" r="98" />
        <path
          class="pad-marks"
          d="m-10-74 10-10 10 10M-10 74 0 84l10-10M-74-10l-10 10 10 10M74-10l10 10-10 10"
        />
        <circle
          class={held === noDrive ? "pad-knob" : "pad-knob held"}
          cx={stick.x * 62}
          cy={-stick.y * 62}
          r="30"
        />
      </svg>
    </div>
  );
}
