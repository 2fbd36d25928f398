import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { formatMoment } from "../core/money-words.ts";
import { loudAlarms } from "../limits.ts";
import { WarnIcon } from "../ui/icons.tsx";

/** What a person must look at; nothing while there is nothing. */
export function Alarms(props: { readonly alarms: TreasuryView["alarms"] }): JSX.Element | null {
  const newest = props.alarms.slice(0, loudAlarms);
  const older = props.alarms.slice(loudAlarms);
  if (newest.length === 0) return null;
  return (
    <section class="alarms" aria-label="Alarms">
      <AlarmList alarms={newest} />
      {older.length === 0 ? null : (
        <details>
          <summary>
            {older.length} older {older.length === 1 ? "alarm" : "alarms"}
          </summary>
          <AlarmList alarms={older} />
        </details>
      )}
    </section>
  );
}

function AlarmList(props: { readonly alarms: TreasuryView["alarms"] }): JSX.Element {
  return (
    <ul>
      {props.alarms.map(({ at_ms, code, sentence }) => (
        <li key={`${code} ${at_ms}`}>
          <WarnIcon />
          <p>
            <strong>{sentence}</strong> <span class="small">{formatMoment(at_ms)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
