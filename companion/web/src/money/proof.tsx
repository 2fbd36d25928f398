import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { companionMs } from "../core/dashboard-state.ts";
import { formatAge, formatMoment } from "../core/format.ts";
import type { Problem } from "../core/problem.ts";
import { readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { CheckIcon, WarnIcon } from "../ui/icons.tsx";
import { ProblemNote, Section } from "../ui/parts.tsx";
import { Sats } from "./parts.tsx";

type ProofView = NonNullable<TreasuryView["proof"]>;
interface ProofProps {
  readonly dash: Dash;
  readonly proof: ProofView | null;
}

/** Whether the books and the node agree, to the millisatoshi; if not, where. */
export function Proof({ dash, proof }: ProofProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const prove = async (): Promise<void> => {
    setBusy(true);
    const answer = await dash.money.reconcile();
    setProblem(answer.ok ? null : answer.problem);
    setBusy(false);
  };
  const act = (
    <button type="button" disabled={busy} onClick={() => void prove()}>
      {busy ? "Comparing..." : "Prove now"}
    </button>
  );
  return (
    <Section id="proof" title="Proof against the node" acts={act}>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {proof === null ? (
        <p class="quiet">Never compared yet. It takes a node that answers.</p>
      ) : (
        <ProofResult dash={dash} proof={proof} />
      )}
    </Section>
  );
}

function ProofResult(props: { readonly dash: Dash; readonly proof: ProofView }): JSX.Element {
  const { dash, proof } = props;
  const age = useSelect(dash, (state, nowMs) => formatAge(companionMs(state, nowMs) - proof.at_ms));
  const count = proof.differences.length;
  return (
    <>
      <p class="verdict">
        {proof.ok ? <CheckIcon /> : <WarnIcon />}
        <span>
          <strong>
            {proof.ok
              ? "Books and node agree."
              : `Books and node differ in ${count} ${count === 1 ? "place" : "places"}.`}
          </strong>{" "}
          <span class="quiet" title={formatMoment(proof.at_ms)}>
            Compared {age}.
          </span>
        </span>
      </p>
      {proof.differences.map((difference) => (
        <div key={`${difference.kind} ${difference.account}`} class="difference">
          <p>{difference.sentence}</p>
          <dl class="pairs">
            <dt>{difference.account}</dt>
            <dd>
              books <Sats msat={difference.ledger_msat} />, node{" "}
              <Sats msat={difference.node_msat} />, difference{" "}
              <Sats msat={readMsat(difference.node_msat) - readMsat(difference.ledger_msat)} />
            </dd>
          </dl>
        </div>
      ))}
    </>
  );
}
