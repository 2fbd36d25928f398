import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { loudAlarms } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { WarnIcon } from "../ui/icons.tsx";
import { Ago } from "../ui/parts.tsx";

interface AlarmsProps {
  readonly dash: Dash;
  readonly alarms: TreasuryView["alarms"];
}

/** What a person must look at; nothing while there is nothing. */
export function Alarms({ dash, alarms }: AlarmsProps): JSX.Element | null {
  const newest = alarms.slice(0, loudAlarms);
  const older = alarms.slice(loudAlarms);
  if (newest.length === 0) return null;
  return (
    <section class="alarms" aria-label="Alarms">
      <AlarmList dash={dash} alarms={newest} />
      {older.length === 0 ? null : (
        <details>
          <summary>
            {older.length} older {older.length === 1 ? "alarm" : "alarms"}
          </summary>
          <AlarmList dash={dash} alarms={older} />
        </details>
      )}
    </section>
  );
}

function AlarmList({ dash, alarms }: AlarmsProps): JSX.Element {
  return (
    <ul>
      {alarms.map(({ at_ms, code, sentence }) => (
        <li key={`${code} ${at_ms}`}>
          <WarnIcon />
          <p>
            <strong>{sentence}</strong>{" "}
            <span class="small">
              <Ago dash={dash} atMs={at_ms} />
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}
