import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { readCode } from "../core/money-forms.ts";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "../ui/dash.ts";
import { CodeField, textOf } from "../ui/fields.tsx";
import { PauseIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { ProblemNote } from "../ui/parts.tsx";

interface KillSwitchProps {
  readonly dash: Dash;
}

/** Freezing is one press and needs nobody. */
export function Freeze({ dash }: KillSwitchProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const freeze = async (): Promise<void> => {
    setBusy(true);
    const answer = await dash.money.killSwitch(true, "");
    setProblem(answer.ok ? null : answer.problem);
    setBusy(false);
  };
  return (
    <div class="kill">
      {problem === null ? null : <ProblemNote problem={problem} />}
      <p class="kill-line">
        <button type="button" disabled={busy} onClick={() => void freeze()}>
          <PauseIcon /> Freeze all spending
        </button>
        <span class="quiet small">Kill switch: at once. Taking it back needs your code.</span>
      </p>
    </div>
  );
}

/** Thawing needs the second factor. */
export function Thaw({ dash }: KillSwitchProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const landing = useLanding<HTMLParagraphElement>();
  const thaw = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const code = readCode(textOf(form, "code"));
    setWrong(code === null ? "Six digits from your authenticator." : "");
    if (code === null) return;
    form.reset();
    setBusy(true);
    const answer = await dash.money.killSwitch(false, code);
    setProblem(answer.ok ? null : answer.problem);
    setBusy(false);
  };
  return (
    <div class="kill">
      {problem === null ? null : <ProblemNote problem={problem} />}
      <form class="inline-form" onSubmit={(event) => void thaw(event)} noValidate>
        <p class="kill-words landing" ref={landing} tabIndex={-1}>
          <PauseIcon />
          <span>
            <strong>All spending is frozen.</strong> Money still comes in. Nothing leaves until a
            person takes the kill switch back.
          </span>
        </p>
        <CodeField id="thaw-code" error={wrong} />
        <button type="submit" disabled={busy}>
          Allow spending again
        </button>
      </form>
    </div>
  );
}
