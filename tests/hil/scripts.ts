import { link } from "./scenarios/link.ts";
import { modes } from "./scenarios/modes.ts";
import { senses } from "./scenarios/senses.ts";
import { setPoints } from "./scenarios/set-points.ts";
import { settings } from "./scenarios/settings.ts";
import { stops } from "./scenarios/stops.ts";
import { recordScript, type Scenario, type Script } from "./stage.ts";

export const scenarios: readonly Scenario[] = [
  ...modes,
  ...stops,
  ...setPoints,
  ...link,
  ...senses,
  ...settings,
];

let recorded: readonly Script[] | null = null;

/** Every script of the suite; played once per process. */
export function suite(): readonly Script[] {
  recorded ??= scenarios.map(recordScript);
  return recorded;
}
