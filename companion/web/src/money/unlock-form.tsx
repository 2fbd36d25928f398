import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "../ui/dash.ts";
import { Field, textOf } from "../ui/fields.tsx";
import { ProblemNote, Section } from "../ui/parts.tsx";

/** Opens the vault; the passphrase leaves the field with the request, and stays nowhere. */
export function UnlockForm({ dash }: { readonly dash: Dash }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const unlock = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const passphrase = textOf(form, "passphrase");
    setWrong(passphrase === "" ? "Type the passphrase." : "");
    if (passphrase === "") return;
    form.reset();
    setBusy(true);
    const answer = await dash.money.unlock(passphrase);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) void dash.money.load("lnd");
  };
  return (
    <Section id="unlock" title="Unlock the vault">
      {problem === null ? null : <ProblemNote problem={problem} />}
      <p>
        The keys to your node are sealed. Sales and payments wait until the vault is open; the books
        can be read.
      </p>
      <form class="inline-form" onSubmit={(event) => void unlock(event)} noValidate>
        <Field
          id="unlock-passphrase"
          name="passphrase"
          label="Passphrase"
          error={wrong}
          input={{ type: "password", autocomplete: "current-password", maxLength: 1000 }}
        />
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Opening..." : "Unlock"}
        </button>
      </form>
    </Section>
  );
}
