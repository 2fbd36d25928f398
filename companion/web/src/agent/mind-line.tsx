import type { JSX } from "preact";
import { mindWords } from "../core/agent-words.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { MindIcon } from "../ui/icons.tsx";
import { useHeardAge } from "./heard-age.ts";

/** How the model is, in one line with what to do. */
export function MindLine({ dash }: { readonly dash: Dash }): JSX.Element | null {
  const mind = useSelect(dash, ({ agent }) => agent.mind?.value ?? null);
  const old = useHeardAge(dash);
  if (mind === null) return null;
  const { title, more, isReady } = mindWords(mind);
  // A house without a model is an ordinary one; these two ask for a person's hand.
  const isWrong = !isReady && (mind.state === "refused" || mind.state === "missing-model");
  return (
    <div class={`backend mind-line ${isWrong ? "not-active" : ""} ${old === "" ? "" : "old"}`}>
      <MindIcon />
      <p>
        <strong>{title}</strong> {more}
        {mind.address === "" ? null : <span class="quiet small address"> {mind.address}</span>}
        {old === "" ? null : <span class="age"> last known, {old}</span>}
      </p>
    </div>
  );
}
