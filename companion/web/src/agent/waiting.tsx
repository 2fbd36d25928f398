import type { AgentView, ProposalView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { companionMs } from "../core/dashboard-state.ts";
import { formatMoment, formatUntil } from "../core/format.ts";
import { answerShownMs } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { CheckIcon, CrossIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { lookOf } from "../ui/looks.tsx";
import { ProblemNote, Section } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { Checks } from "./checks.tsx";
import { useHeardAge } from "./heard-age.ts";
import { Source } from "./source.tsx";

type Proposal = AgentView["waiting"][number];

interface Word {
  readonly yes: boolean;
  readonly view: ProposalView;
}

interface WaitingProps {
  readonly dash: Dash;
  readonly waiting: AgentView["waiting"];
}

/** What the agent would do and may not without the owner's yes; nothing while nothing waits. */
export function Waiting({ dash, waiting }: WaitingProps): JSX.Element | null {
  const [decided, setDecided] = useState<(Word & { atMs: number }) | null>(null);
  const old = useHeardAge(dash);
  const isTold = decided !== null && dash.nowMs.value - decided.atMs < answerShownMs;
  if (waiting.length === 0 && !isTold) return null;
  return (
    <Section
      id="waiting"
      title={waiting.length === 0 ? "Your answer" : "Waits for your yes"}
      old={old}
    >
      {decided === null || !isTold ? null : <Decided yes={decided.yes} view={decided.view} />}
      <ul class="approvals">
        {waiting.map((proposal) => (
          <ProposalRow
            key={proposal.digest}
            dash={dash}
            proposal={proposal}
            onDecided={(word) =>
              setDecided(word === null ? null : { ...word, atMs: dash.monotonicMs() })
            }
          />
        ))}
      </ul>
    </Section>
  );
}

/** What became of the last yes or no. */
function Decided({ yes, view }: Word): JSX.Element {
  const landing = useLanding<HTMLDivElement>();
  const { glyph, word } = lookOf(view.outcome);
  return (
    <div class={`verdict landing decided ${view.outcome}`} ref={landing} tabIndex={-1}>
      {glyph}
      <div>
        <p>
          <strong>{yes ? word : "Dropped"}.</strong> {view.sentence}
        </p>
        {view.outcome === "done" || view.outcome === "begun" || !yes ? null : (
          <Checks verdicts={view.verdicts} />
        )}
      </div>
    </div>
  );
}

interface ProposalRowProps {
  readonly dash: Dash;
  readonly proposal: Proposal;
  readonly onDecided: (word: Word | null) => void;
}

function ProposalRow({ dash, proposal, onDecided }: ProposalRowProps): JSX.Element {
  const { digest, sentence, from, until_ms } = proposal;
  const { busy, problem, run } = useAct();
  const { left, isOver } = useSelect(dash, (state, nowMs) => {
    const leftMs = until_ms - companionMs(state, nowMs);
    return { left: formatUntil(leftMs), isOver: leftMs <= 0 };
  });
  const decide = async (yes: boolean): Promise<void> => {
    onDecided(null);
    const view = await run(() => dash.agent.confirm(digest, yes));
    if (view !== null) onDecided({ yes, view });
  };
  return (
    <li class="proposal">
      <p class="words">{sentence}</p>
      <p class="small">
        <span class="quiet">Begun by</span> <Source from={from} />
        <span class="quiet" title={formatMoment(until_ms)}>
          {isOver ? "Expired: nothing was done." : `Dropped by itself ${left}.`}
        </span>
      </p>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {isOver ? null : (
        <p class="row">
          <button type="button" class="primary" disabled={busy} onClick={() => void decide(true)}>
            <CheckIcon /> Yes, do it
          </button>
          <button type="button" disabled={busy} onClick={() => void decide(false)}>
            <CrossIcon /> No
          </button>
        </p>
      )}
    </li>
  );
}
