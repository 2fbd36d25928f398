import type { JSX } from "preact";
import type { DashboardState, Known } from "../core/dashboard-state.ts";
import { isStale, presenceOf } from "../core/dashboard-state.ts";
import {
  formatAge,
  formatHeading,
  formatMetres,
  formatPercent,
  formatSpeed,
  formatTime,
  formatVolts,
} from "../core/format.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";

interface Reading {
  readonly name: string;
  readonly value: string;
  /** A second, quieter figure. */
  readonly more: string;
  readonly age: string;
  readonly exactTime: string;
  readonly old: boolean;
}

/** Younger values stand without an age. */
const shownAgeMs = 1500;

type Written = readonly [value: string, more: string];

function reading<T extends { readonly ts: number }>(
  name: string,
  known: Known<T> | undefined,
  current: boolean,
  nowMs: number,
  write: (value: T) => Written,
): Reading {
  if (known === undefined) {
    return { name, value: "unknown", more: "", age: "", exactTime: "", old: true };
  }
  const [value, more] = write(known.value);
  const old = !current || isStale(known, nowMs);
  // An age that is "now" says nothing that its value does not say.
  const ageMs = nowMs - known.atMs;
  const age = ageMs < shownAgeMs ? "" : formatAge(ageMs);
  return { name, value, more, age, exactTime: formatTime(known.value.ts), old };
}

function readingsOf(state: DashboardState, nowMs: number): readonly Reading[] {
  const { groups, rangeM } = state;
  const current = presenceOf(state) === "live";
  const tell = <T extends { readonly ts: number }>(
    name: string,
    known: Known<T> | undefined,
    write: (value: T) => Written,
  ): Reading => reading(name, known, current, nowMs, write);
  const range = groups.range;
  const rangeAt = range === undefined || rangeM === null ? range : { ...range, atMs: rangeM.atMs };
  return [
    tell("Speed", groups.drive, ({ speed_mps, odometer_m }) => [
      formatSpeed(speed_mps),
      `${odometer_m.toFixed(1)} m driven`,
    ]),
    tell("Free ahead", rangeAt, () =>
      rangeM?.value == null
        ? ["no echo", "slow for safety"]
        : [formatMetres(rangeM.value), "sonar"],
    ),
    tell("Position", groups.pose, ({ x_m, y_m, sigma_m, localised }) => [
      `${x_m.toFixed(2)}, ${formatMetres(y_m)}`,
      localised ? `± ${formatMetres(sigma_m)}` : "not sure",
    ]),
    tell("Heading", groups.pose, ({ heading_deg, sigma_heading_deg }) => [
      formatHeading(heading_deg),
      `± ${Math.max(1, Math.round(sigma_heading_deg))}°`,
    ]),
    tell("Battery", groups.power, ({ battery_v, battery_pct, low }) => [
      formatVolts(battery_v),
      low ? `${formatPercent(battery_pct)}, low` : formatPercent(battery_pct),
    ]),
    tell("Mind", groups.mind, ({ mind }) =>
      mind === "companion"
        ? ["Companion", `thinks by ${state.companion?.mind ?? "itself"}`]
        : ["Own rules", "on the robot"],
    ),
  ];
}

/** The measured values, each with its unit and its age. */
export function Readings({ dash }: { readonly dash: Dash }): JSX.Element {
  const readings = useSelect(dash, readingsOf);
  return (
    <section class="readings" aria-label="Measured values">
      <dl>
        {readings.map((one) => (
          <div key={one.name} class={one.old ? "reading old" : "reading"}>
            <dt>
              {one.name}
              {one.age === "" ? null : <span class="age"> {one.age}</span>}
            </dt>
            <dd class="value" title={one.exactTime}>
              {one.value}
            </dd>
            <dd class="more">{one.more}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
