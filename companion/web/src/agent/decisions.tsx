import type { DecisionsView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatLatency, plural, stepWords } from "../core/agent-words.ts";
import { capital } from "../core/format.ts";
import { decidedByWords } from "../core/robot-words.ts";
import { decisionsAsked } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { GoIcon } from "../ui/icons.tsx";
import { lookOf } from "../ui/looks.tsx";
import { Ago, ProblemNote, Section } from "../ui/parts.tsx";
import { Checks } from "./checks.tsx";
import { useHeardAge } from "./heard-age.ts";
import { SaidList, Source } from "./source.tsx";

type Decision = DecisionsView["decisions"][number];

/** What was heard, who decided, what was checked and what came of it; the newest first. */
export function Decisions({ dash }: { readonly dash: Dash }): JSX.Element {
  const [pages, setPages] = useState(0);
  const limit: number = decisionsAsked[pages] ?? decisionsAsked[0];
  const told = useSelect(dash, ({ agent }) => agent.decisionsTold);
  const old = useHeardAge(dash);
  const { known, problem } = useSelect(dash, ({ agent }) => agent.decisions);
  useEffect(() => {
    if (old === "") void dash.agent.readDecisions(limit);
  }, [dash, limit, told, old === ""]);
  const decisions = known?.value.decisions ?? [];
  const isFull = decisions.length >= limit;
  return (
    <Section id="decisions" title="Decisions" old={old}>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {known === null && problem === null ? <p class="quiet">Reading...</p> : null}
      {known !== null && decisions.length === 0 && problem === null ? (
        <p class="quiet">
          Nothing was decided in this body yet. Whatever it hears will stand here, with why.
        </p>
      ) : null}
      <ol class="entries">
        {decisions.map((decision) => (
          <DecisionRow key={decision.id} dash={dash} decision={decision} />
        ))}
      </ol>
      {isFull && pages < decisionsAsked.length - 1 ? (
        <button type="button" class="older" onClick={() => setPages(pages + 1)}>
          Older decisions
        </button>
      ) : null}
      {isFull && pages === decisionsAsked.length - 1 ? (
        <p class="quiet small">The effect log on disk holds the older ones.</p>
      ) : null}
    </Section>
  );
}

interface DecisionRowProps {
  readonly dash: Dash;
  readonly decision: Decision;
}

/** "Decided by qwen3.5:4b in 1.2 s". */
function byWords({ decided_by, model, latency_ms }: Decision): string {
  const by =
    decided_by === "model" && model !== ""
      ? `decided by ${model}`
      : decided_by === "owner"
        ? "decided by the owner"
        : decidedByWords(decided_by);
  return capital(`${by} in ${formatLatency(latency_ms)}`);
}

function DecisionRow({ dash, decision }: DecisionRowProps): JSX.Element {
  const { heard, from, who, steps, verdicts, memories, outcome, sentence } = decision;
  const { glyph, word } = lookOf(outcome === "" ? "running" : outcome);
  return (
    <li class="entry decision">
      <div class="decision-head small">
        <Source from={from} who={who} />
        <Ago dash={dash} atMs={decision.at_ms} />
      </div>
      <p class="words">{heard}</p>
      {steps.length === 0 ? null : (
        <ol class="would">
          {steps.map((step, at) => (
            <li key={at}>
              <GoIcon /> {capital(stepWords(step))}
            </li>
          ))}
        </ol>
      )}
      <div class="made small">
        <span>{byWords(decision)}</span>
        <Checks verdicts={verdicts} />
      </div>
      {memories.length === 0 ? null : (
        <details>
          <summary>{plural(memories.length, "memory", "memories")} used</summary>
          <SaidList said={memories} />
        </details>
      )}
      <div class={`verdict ${outcome}`}>
        {glyph}
        <p>
          <strong>{word}.</strong> {sentence}
        </p>
      </div>
    </li>
  );
}
