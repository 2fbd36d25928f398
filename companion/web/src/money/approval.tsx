import type { ApprovalView } from "@timmy/shared/money/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { companionMs } from "../core/dashboard-state.ts";
import { formatMoment, formatUntil } from "../core/format.ts";
import { readCode } from "../core/money-forms.ts";
import { approvalTitle, formatParty, irrevocable } from "../core/money-words.ts";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { CodeField, textOf } from "../ui/fields.tsx";
import { CheckIcon, CrossIcon, WarnIcon } from "../ui/icons.tsx";
import { Ago, ProblemNote } from "../ui/parts.tsx";
import { Grouped } from "./grouped.tsx";
import { Sats } from "./parts.tsx";

interface ApprovalProps {
  readonly dash: Dash;
  readonly approval: ApprovalView;
  readonly enrolled: boolean;
}

const destinationWords = { invoice: "invoice", address: "address", node: "node" } as const;

/** One request, with all that a person needs to judge it; nothing is shortened. */
export function Approval({ dash, approval, enrolled }: ApprovalProps): JSX.Element {
  const { expiry, isOver } = useSelect(dash, (state, nowMs) => {
    const leftMs = approval.expires_ms - companionMs(state, nowMs);
    return { expiry: leftMs > 0 ? formatUntil(leftMs) : "expired", isOver: leftMs <= 0 };
  });
  const id = `approval-${approval.id}`;
  return (
    <li class="approval" aria-labelledby={`${id}-title`}>
      <h4 id={`${id}-title`}>
        {approvalTitle(approval)} <Sats msat={approval.amount_msat} />
      </h4>
      <dl class="pairs">
        <dt>Who</dt>
        <dd>{formatParty(approval.requested_by)}</dd>
        <dt>Why</dt>
        <dd>{approval.why}</dd>
        <dt>Fee cap</dt>
        <dd>
          <Sats msat={approval.fee_cap_msat} />
        </dd>
        <dt>To {destinationWords[approval.destination_kind]}</dt>
        <dd>
          <Grouped text={approval.destination} />
          {approval.destination_new ? (
            <p class="mark new">
              <WarnIcon /> New destination: compare it on a second device.
            </p>
          ) : null}
        </dd>
        <dt>Expires</dt>
        <dd title={formatMoment(approval.expires_ms)}>
          {expiry}, asked <Ago dash={dash} atMs={approval.requested_ms} />
        </dd>
        <dt>Binds</dt>
        <dd class="small quiet">
          <Grouped text={approval.digest} />
        </dd>
      </dl>
      <p class="irrevocable">{irrevocable(approval)}</p>
      {isOver ? (
        <p class="quiet">Too late to decide: the hold is released by itself.</p>
      ) : enrolled ? (
        <Decide dash={dash} approval={approval} />
      ) : (
        <p class="quiet">To approve or deny, enrol your authenticator first.</p>
      )}
    </li>
  );
}

function Decide({ dash, approval }: Omit<ApprovalProps, "enrolled">): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const decide = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const { submitter } = event;
    const code = readCode(textOf(form, "code"));
    setWrong(code === null ? "Six digits from your authenticator." : "");
    // Enter in the field presses nothing: which of the two was meant has to be said.
    if (code === null || !(submitter instanceof HTMLButtonElement)) return;
    const verdict = submitter.value === "approve" ? "approve" : "deny";
    form.reset();
    setBusy(true);
    const answer = await dash.money.decide({ approval, verdict, code });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    // This one is gone from the list; the next is below the heading.
    if (answer.ok) document.getElementById("waiting-title")?.focus();
  };
  return (
    <form class="inline-form decide" onSubmit={(event) => void decide(event)} noValidate>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {/* The browser presses the first button of a form on Enter; this one decides nothing. */}
      <button type="submit" disabled class="visually-hidden" tabIndex={-1} aria-hidden="true" />
      <CodeField id={`code-${approval.id}`} error={wrong} />
      <button type="submit" name="verdict" value="approve" class="primary" disabled={busy}>
        <CheckIcon /> Approve
      </button>
      <button type="submit" name="verdict" value="deny" disabled={busy}>
        <CrossIcon /> Deny
      </button>
    </form>
  );
}
