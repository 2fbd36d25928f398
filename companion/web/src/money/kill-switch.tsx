import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { readCode } from "../core/money-forms.ts";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "../ui/dash.ts";
import { PauseIcon } from "../ui/icons.tsx";
import { CodeField, textOf } from "./fields.tsx";
import { ProblemNote } from "./parts.tsx";

interface KillSwitchProps {
  readonly dash: Dash;
  readonly on: boolean;
}

/** Freezing is one press and needs nobody; thawing needs the second factor. */
export function KillSwitch({ dash, on }: KillSwitchProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const turn = async (next: boolean, code: string): Promise<void> => {
    setBusy(true);
    setWrong("");
    const answer = await dash.money.killSwitch(next, code);
    setProblem(answer.ok ? null : answer.problem);
    setBusy(false);
  };
  const thaw = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const code = readCode(textOf(form, "code"));
    if (code === null) return setWrong("Six digits.");
    form.reset();
    void turn(false, code);
  };
  return (
    <div class="kill" aria-busy={busy}>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {on ? (
        <form class="inline-form" onSubmit={thaw} noValidate>
          <p class="kill-words">
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
      ) : (
        <p class="kill-line">
          <button type="button" disabled={busy} onClick={() => void turn(true, "")}>
            <PauseIcon /> Freeze all spending
          </button>
          <span class="quiet small">Kill switch: at once. Taking it back needs your code.</span>
        </p>
      )}
    </div>
  );
}
