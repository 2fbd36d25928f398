import type { AgentView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { lineageTitle } from "../core/agent-words.ts";
import { formatMoment } from "../core/format.ts";
import type { Dash } from "../ui/dash.ts";
import { Section } from "../ui/parts.tsx";
import { useHeardAge } from "./heard-age.ts";

interface LineageProps {
  readonly dash: Dash;
  readonly lineage: AgentView["lineage"];
}

/** Its life as it happened, oldest first. */
export function Lineage({ dash, lineage }: LineageProps): JSX.Element {
  return (
    <Section id="lineage" title="Lineage" old={useHeardAge(dash)}>
      {lineage.length === 0 ? <p class="quiet">Nothing is written of its past.</p> : null}
      <ol class="lineage">
        {lineage.map((event) => (
          <li key={`${event.at_ms} ${event.what} ${event.epoch}`} class={`life-${event.what}`}>
            <p>
              <strong>{lineageTitle(event)}</strong>
              {event.note === "" ? null : <span> {event.note}</span>}
            </p>
            <p class="quiet small">
              {formatMoment(event.at_ms)}, epoch {event.epoch}
            </p>
          </li>
        ))}
      </ol>
    </Section>
  );
}
