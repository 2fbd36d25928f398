import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { formatMoment } from "../core/money-words.ts";
import { WarnIcon } from "../ui/icons.tsx";

/** What a person must look at; nothing while there is nothing. */
export function Alarms(props: { readonly alarms: TreasuryView["alarms"] }): JSX.Element | null {
  if (props.alarms.length === 0) return null;
  return (
    <section class="alarms" aria-label="Alarms">
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
    </section>
  );
}
