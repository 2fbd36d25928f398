import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { agentName } from "../core/agent-words.ts";
import { presenceOf } from "../core/dashboard-state.ts";
import { instructionChars } from "../limits.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { SendIcon } from "./icons.tsx";

interface ComposerProps {
  readonly dash: Dash;
  readonly draft: Signal<string>;
}

/** Where the owner says what to do; Enter sends. */
export function Composer({ dash, draft }: ComposerProps): JSX.Element {
  const away = useSelect(dash, (state) => {
    const presence = presenceOf(state);
    return presence !== "live" && presence !== "offline" && presence !== "lost";
  });
  const name = useSelect(dash, agentName);
  const send = (event: Event): void => {
    event.preventDefault();
    const text = draft.value.trim();
    if (text === "" || away) return;
    draft.value = "";
    void dash.api.hear(text);
  };
  return (
    <form class="composer" onSubmit={send}>
      <label class="visually-hidden" for="instruction">
        Instruction for {name}
      </label>
      <input
        id="instruction"
        type="text"
        autocomplete="off"
        enterkeyhint="send"
        maxLength={instructionChars}
        placeholder={`Tell ${name} what to do`}
        value={draft.value}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
      />
      <button type="submit" class="primary" disabled={away}>
        <SendIcon /> Send
      </button>
    </form>
  );
}
