import type { MemoryView } from "@timmy/shared/agent/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { Errors } from "../core/agent-forms.ts";
import { checkFact } from "../core/agent-forms.ts";
import { factChars, factKeyChars } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { Field, textOf, useFirstWrong } from "../ui/fields.tsx";
import { ProblemNote } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { LongField } from "./long-field.tsx";
import { SaveRow } from "./save-row.tsx";

interface FactFormProps {
  readonly dash: Dash;
  /** The one whose place it takes; none for a new fact. */
  readonly memory?: MemoryView;
  readonly onDone: () => void;
}

/** The companion wants a key with every edit; an episode has none and keeps none. */
const episodeKey = "episode";

/** A fact in the owner's words, new or in the place of another; or an episode, corrected. */
export function FactForm({ dash, memory, onDone }: FactFormProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const [errors, setErrors] = useState<Errors>({});
  const form = useFirstWrong(errors);
  const id = memory?.id ?? "new";
  const isEpisode = memory?.kind === "episode";
  const save = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const key = isEpisode ? episodeKey : textOf(event.currentTarget, "key");
    const checked = checkFact(key, textOf(event.currentTarget, "text"));
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok) return;
    const fact = memory === undefined ? checked.value : { ...checked.value, id: memory.id };
    if ((await run(() => dash.agent.keep(fact))) !== null) onDone();
  };
  return (
    <form class="form" ref={form} onSubmit={(event) => void save(event)} noValidate>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {isEpisode ? null : (
        <Field
          id={`fact-key-${id}`}
          name="key"
          label="Name"
          hint="What it is about, in a word or two."
          error={errors["key"]}
          input={{ maxLength: factKeyChars, defaultValue: memory?.key ?? "" }}
        />
      )}
      <LongField
        id={`fact-text-${id}`}
        name="text"
        label={isEpisode ? "What happened" : "What to remember"}
        most={factChars}
        error={errors["text"]}
        value={memory?.text ?? ""}
        takesFocus={memory !== undefined}
      />
      <SaveRow busy={busy} onCancel={onDone} />
    </form>
  );
}
