import { abilityName } from "@timmy/shared/agent/ability-words";
import type { AgentView, WhereView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { livesWords } from "../core/agent-words.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { CheckIcon, CrossIcon } from "../ui/icons.tsx";
import { Section } from "../ui/parts.tsx";
import { Jump, Screen, useSection } from "../ui/screen.tsx";
import { useHeardAge } from "./heard-age.ts";
import { Identity } from "./identity.tsx";
import { Lineage } from "./lineage.tsx";
import { Moving } from "./moving.tsx";
import { NoAgent } from "./no-agent.tsx";

const parts = [
  ["lives", "Where it lives"],
  ["bodies", "Bodies"],
  ["lineage", "Lineage"],
] as const;

/** Who the agent is, where it lives and lived, and the way into another body. */
export function AgentScreen({ dash }: { readonly dash: Dash }): JSX.Element {
  const where = useSelect(dash, (state) => state.agent.where?.value ?? null);
  useSection(dash, where !== null);
  const agent = where?.agent ?? null;
  const jump = <Jump screen="agent" label="Parts of the agent" parts={parts} />;
  return (
    <Screen dash={dash} name="agent" beside={agent === null ? null : jump}>
      {where === null ? <NoAgent dash={dash} /> : null}
      {agent === null ? null : <Identity dash={dash} agent={agent} />}
      {where === null ? null : <Lives dash={dash} where={where} />}
      {where === null ? null : <Moving dash={dash} where={where} />}
      {agent === null ? null : <Lineage dash={dash} lineage={agent.lineage} />}
    </Screen>
  );
}

interface LivesProps {
  readonly dash: Dash;
  readonly where: WhereView;
}

/** The body in which it lives, and what can be done with it. */
function Lives({ dash, where }: LivesProps): JSX.Element {
  const { title, more } = livesWords(where);
  const { agent } = where;
  return (
    <Section id="lives" title="Where it lives" old={useHeardAge(dash)}>
      <p class="figure">{title}</p>
      {more === "" ? null : <p>{more}</p>}
      {agent === null || agent.capabilities.length === 0 ? null : (
        <Abilities capabilities={agent.capabilities} />
      )}
    </Section>
  );
}

interface AbilitiesProps {
  readonly capabilities: AgentView["capabilities"];
}

function Abilities({ capabilities }: AbilitiesProps): JSX.Element {
  const can = capabilities.filter(({ available }) => available);
  const cannot = capabilities.filter(({ available }) => !available);
  return (
    <div class="abilities">
      <div>
        <h4>This body can</h4>
        <ul>
          {can.map(({ name }) => (
            <li key={name} title={name}>
              <CheckIcon /> {abilityName(name)}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h4>It cannot</h4>
        {cannot.length === 0 ? <p class="quiet">Nothing that it knows of.</p> : null}
        <ul>
          {cannot.map(({ name, note }) => (
            <li key={name} title={name}>
              <CrossIcon />
              <span>
                {abilityName(name)}
                {note === "" ? null : <span class="quiet"> {note}</span>}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
