import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  checkWithdrawal,
  destinationOf,
  invoiceAmountMsat,
  type Withdrawal,
} from "../core/money-forms.ts";
import type { Problem } from "../core/problem.ts";
import { hashOf } from "../core/route.ts";
import { readMsat } from "../core/sats.ts";
import { whyChars } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { Field, textOf, useFirstWrong } from "../ui/fields.tsx";
import { useLanding } from "../ui/landing.ts";
import { ProblemNote } from "../ui/parts.tsx";
import { Grouped } from "./grouped.tsx";
import { Sats } from "./parts.tsx";

type Errors = Readonly<Record<string, string>>;
type Phase =
  | { readonly at: "writing" }
  /** Read back before it is sent; the key makes a second press harmless. */
  | { readonly at: "reading"; readonly withdrawal: Withdrawal; readonly key: string }
  | { readonly at: "sent"; readonly isWaiting: boolean };

/** Asks for money to leave. Whether it does is decided by the policy, or by a person. */
export function Withdraw({ dash }: { readonly dash: Dash }): JSX.Element {
  const [phase, setPhase] = useState<Phase>({ at: "writing" });
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const checked = checkWithdrawal({
      amount: textOf(form, "amount"),
      destination: textOf(form, "destination"),
      feeCap: textOf(form, "feeCap"),
      why: textOf(form, "why"),
    });
    setErrors(checked.ok ? {} : checked.errors);
    setProblem(null);
    if (checked.ok) setPhase({ at: "reading", withdrawal: checked.value, key: dash.newKey() });
  };
  const send = async (withdrawal: Withdrawal, key: string): Promise<void> => {
    setBusy(true);
    const answer = await dash.money.withdraw({ ...withdrawal, key });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setPhase({ at: "sent", isWaiting: answer.value.state === "pending" });
  };
  return (
    <div class="panel" aria-busy={busy}>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {problem?.code === "no-answer" ? (
        <p>It may have arrived all the same. Asking again from here never asks twice.</p>
      ) : null}
      <div hidden={phase.at !== "writing"}>
        <WithdrawForm errors={errors} onSubmit={check} />
      </div>
      {phase.at === "reading" ? (
        <Readback
          withdrawal={phase.withdrawal}
          busy={busy}
          onSend={() => void send(phase.withdrawal, phase.key)}
          onBack={() => setPhase({ at: "writing" })}
        />
      ) : null}
      {phase.at === "sent" ? (
        <Sent isWaiting={phase.isWaiting} onAgain={() => setPhase({ at: "writing" })} />
      ) : null}
    </div>
  );
}

interface WithdrawFormProps {
  readonly errors: Errors;
  readonly onSubmit: (event: TargetedSubmitEvent<HTMLFormElement>) => void;
}

function WithdrawForm({ errors, onSubmit }: WithdrawFormProps): JSX.Element {
  const [destination, setDestination] = useState("");
  const form = useFirstWrong(errors);
  const named = invoiceAmountMsat(destination);
  const kind = { invoice: "A Lightning invoice.", address: "A Bitcoin address.", node: "A node." };
  const found = destinationOf(destination);
  return (
    <form class="form" ref={form} onSubmit={onSubmit} noValidate>
      <Field
        id="withdraw-destination"
        name="destination"
        label="To"
        isLong
        hint={found === "unknown" ? "An invoice or a Bitcoin address." : kind[found]}
        error={errors["destination"]}
        input={{
          maxLength: 10_000,
          onInput: ({ currentTarget }) => setDestination(currentTarget.value),
        }}
      />
      {named === null ? (
        <Field
          id="withdraw-amount"
          name="amount"
          label="Amount"
          unit="sat"
          error={errors["amount"]}
          input={{ inputMode: "numeric", maxLength: 24 }}
        />
      ) : (
        <div class="field">
          <span>Amount</span>
          <p class="figure">
            <Sats msat={named} />
          </p>
          <p class="hint">The invoice names it.</p>
        </div>
      )}
      <Field
        id="withdraw-fee"
        name="feeCap"
        label="Fee cap"
        unit="sat"
        hint="Never pays more than this in fees."
        error={errors["feeCap"]}
        input={{ inputMode: "numeric", maxLength: 24 }}
      />
      <Field
        id="withdraw-why"
        name="why"
        label="Why"
        hint="Whoever approves reads this."
        error={errors["why"]}
        input={{ maxLength: whyChars }}
      />
      <button type="submit" class="primary">
        Read it back
      </button>
    </form>
  );
}

interface ReadbackProps {
  readonly withdrawal: Withdrawal;
  readonly busy: boolean;
  readonly onSend: () => void;
  readonly onBack: () => void;
}

function Readback({ withdrawal, busy, onSend, onBack }: ReadbackProps): JSX.Element {
  const box = useRef<HTMLElement>(null);
  // Always: what is read back has to be in view before it can be sent.
  useEffect(() => box.current?.focus(), []);
  const most = readMsat(withdrawal.amount_msat) + readMsat(withdrawal.fee_cap_msat);
  return (
    <section class="readback landing" ref={box} tabIndex={-1} aria-label="The withdrawal">
      <dl class="pairs">
        <dt>Amount</dt>
        <dd class="figure">
          <Sats msat={withdrawal.amount_msat} />
        </dd>
        <dt>Fee cap</dt>
        <dd>
          <Sats msat={withdrawal.fee_cap_msat} />, so at most <Sats msat={most} /> in all
        </dd>
        <dt>To</dt>
        <dd>
          <Grouped text={withdrawal.destination} />
        </dd>
        <dt>Why</dt>
        <dd>{withdrawal.why}</dd>
      </dl>
      <p>Once it has left it cannot be taken back.</p>
      <p class="row">
        <button type="button" class="primary" disabled={busy} onClick={onSend}>
          {busy ? "Asking..." : "Ask for the withdrawal"}
        </button>
        <button type="button" disabled={busy} onClick={onBack}>
          Change it
        </button>
      </p>
    </section>
  );
}

interface SentProps {
  readonly isWaiting: boolean;
  readonly onAgain: () => void;
}

function Sent({ isWaiting, onAgain }: SentProps): JSX.Element {
  const landing = useLanding<HTMLParagraphElement>();
  return (
    <p class="row landing" ref={landing} tabIndex={-1}>
      <span>
        <strong>Asked for.</strong> The amount is held.{" "}
        {isWaiting ? "It waits for a person under " : "It leaves by itself; follow it under "}
        <a href={hashOf("approvals")}>Approvals</a>.
      </span>
      <button type="button" onClick={onAgain}>
        Another withdrawal
      </button>
    </p>
  );
}
