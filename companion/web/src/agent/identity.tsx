import type { AgentView } from "@timmy/shared/agent/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { checkName } from "../core/agent-forms.ts";
import { plural } from "../core/agent-words.ts";
import { formatMoment, shorten } from "../core/format.ts";
import { agentNameChars } from "../limits.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import type { Dash } from "../ui/dash.ts";
import { Field, textOf, useFirstWrong } from "../ui/fields.tsx";
import { useFocusBack } from "../ui/focus-back.ts";
import { EditIcon } from "../ui/icons.tsx";
import { ProblemNote } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { useHeardAge } from "./heard-age.ts";

interface IdentityProps {
  readonly dash: Dash;
  readonly agent: AgentView;
}

/** Name, key and age: what stays the same in whichever body it lives. */
export function Identity({ dash, agent }: IdentityProps): JSX.Element {
  const [isNaming, setIsNaming] = useState(false);
  const rename = useFocusBack<HTMLButtonElement>(isNaming);
  const old = useHeardAge(dash);
  const { id, parent_id, created_ms, epoch, generation, facts, episodes, blobs, effects } = agent;
  const holds = [
    plural(facts, "fact"),
    plural(episodes, "episode"),
    ...(blobs > 0 ? [plural(blobs, "file")] : []),
  ].join(", ");
  return (
    <section class={old === "" ? "sheet" : "sheet old"} aria-label="Identity">
      {isNaming ? (
        <NameForm dash={dash} name={agent.name} onDone={() => setIsNaming(false)} />
      ) : (
        <div class="agent-name">
          <h3>{agent.name}</h3>
          <button type="button" class="plain" ref={rename} onClick={() => setIsNaming(true)}>
            <EditIcon /> Rename
          </button>
        </div>
      )}
      <dl class="pairs sheet-body identity-pairs">
        <dt>Id</dt>
        <dd class="id-line">
          <span class="mono" title={id}>
            {shorten(id)}
          </span>
          <CopyButton dash={dash} text={id} what="id" />
          <span class="quiet small">its public key; the same in every body</span>
        </dd>
        <dt>Born</dt>
        <dd>{formatMoment(created_ms)}</dd>
        <dt>Epoch</dt>
        <dd>
          {epoch}{" "}
          <span class="quiet small">one higher with each move; only the highest one acts</span>
        </dd>
        <dt>Generation</dt>
        <dd>
          {generation} <span class="quiet small">counts the state files made of it</span>
        </dd>
        <dt>Parent</dt>
        <dd>
          {parent_id === null ? (
            "none: it was not forked"
          ) : (
            <span class="mono" title={parent_id}>
              {shorten(parent_id)}
            </span>
          )}
        </dd>
        <dt>Holds</dt>
        <dd>
          {holds}; {plural(effects, "entry", "entries")} in its log
        </dd>
      </dl>
    </section>
  );
}

interface NameFormProps {
  readonly dash: Dash;
  readonly name: string;
  readonly onDone: () => void;
}

function NameForm({ dash, name, onDone }: NameFormProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const [error, setError] = useState("");
  const form = useFirstWrong(error);
  const save = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const checked = checkName(textOf(event.currentTarget, "name"));
    setError(checked.ok ? "" : (checked.errors["name"] ?? ""));
    if (!checked.ok) return;
    if ((await run(() => dash.agent.rename(checked.value))) !== null) onDone();
  };
  return (
    <form
      class="inline-form name-form"
      ref={form}
      onSubmit={(event) => void save(event)}
      noValidate
    >
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Field
        id="agent-name"
        name="name"
        label="Name"
        error={error}
        input={{
          maxLength: agentNameChars,
          defaultValue: name,
          ref: (field) => {
            if (field !== null && document.activeElement === document.body) field.focus();
          },
        }}
      />
      <button type="submit" class="primary" disabled={busy}>
        {busy ? "Saving..." : "Save"}
      </button>
      <button type="button" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}
