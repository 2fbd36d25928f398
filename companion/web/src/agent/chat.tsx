import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { agentName, mindWords } from "../core/agent-words.ts";
import { streamingTurn } from "../core/chat.ts";
import { presenceOf } from "../core/dashboard-state.ts";
import { chatChars } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { AddIcon, PauseIcon, SendIcon } from "../ui/icons.tsx";
import { ProblemNote } from "../ui/parts.tsx";
import { useStickToEnd } from "../ui/stick-to-end.ts";
import { useAct } from "../ui/use-act.ts";
import { ChatTurnView } from "./chat-turn.tsx";
import { useHeardAge } from "./heard-age.ts";

/** For a model; and what the rules understand, who answer without one. */
const examples = [
  "what do you remember about me?",
  "remember that the tea is in the blue tin",
  "what can you do in this body?",
];
const rulesExamples = ["remember that the tea is in the blue tin", "where is the tea?"];

interface ChatProps {
  readonly dash: Dash;
  readonly onExample: (text: string) => void;
}

/** What was said to the mind and what it said and did, the newest at the end. */
export function Chat({ dash, onExample }: ChatProps): JSX.Element {
  const turns = useSelect(dash, ({ agent }) => agent.chat);
  const name = useSelect(dash, agentName);
  const using = useSelect(dash, ({ agent, link }) => {
    if (link === "lost") return "not connected";
    const mind = agent.mind?.value;
    if (mind === undefined) return "";
    return mindWords(mind).isReady ? `${mind.using} answers` : "the rules answer, briefly";
  });
  const isModel = useSelect(dash, ({ agent }) =>
    agent.mind === null ? false : mindWords(agent.mind.value).isReady,
  );
  const list = useStickToEnd<HTMLElement>(turns);
  const streams = streamingTurn(turns) !== null;
  const { busy, problem, run } = useAct();
  const hears = useHeardAge(dash) === "";
  useEffect(() => {
    if (hears) void dash.agent.readChat();
  }, [dash, hears]);
  return (
    <div class="conversation">
      <header class="chat-head">
        <h2 id="chat-title" tabIndex={-1}>
          Chat
        </h2>
        <p class="quiet">{using}</p>
        {turns.length === 0 ? null : (
          <button
            type="button"
            class="plain"
            disabled={busy || streams}
            onClick={() => void run(() => dash.agent.newChat())}
          >
            <AddIcon /> New chat
          </button>
        )}
      </header>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <section
        class="talk"
        {...list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by key.
        tabIndex={0}
        aria-labelledby="chat-title"
      >
        {turns.length > 0 ? (
          <ol class="items">
            {turns.map((turn) => (
              <ChatTurnView key={turn.key} turn={turn} name={name} />
            ))}
          </ol>
        ) : (
          <div class="empty">
            <p>Nothing was said yet. Talk with {name}, for example:</p>
            <ul>
              {(isModel ? examples : rulesExamples).map((text) => (
                <li key={text}>
                  <button type="button" class="plain example" onClick={() => onExample(text)}>
                    {text}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </section>
    </div>
  );
}

interface ChatComposerProps {
  readonly dash: Dash;
  readonly draft: Signal<string>;
}

/** Where the owner talks with the mind; while it answers, the button interrupts it. */
export function ChatComposer({ dash, draft }: ChatComposerProps): JSX.Element {
  const name = useSelect(dash, agentName);
  const streams = useSelect(dash, ({ agent }) => streamingTurn(agent.chat) !== null);
  const away = useSelect(dash, (state) => {
    const presence = presenceOf(state);
    return presence === "loading" || presence === "unreachable" || presence === "disconnected";
  });
  const send = (event: Event): void => {
    event.preventDefault();
    const text = draft.value.trim();
    if (text === "" || away || streams) return;
    draft.value = "";
    // On a phone the chat may be above or below what is looked at.
    document.getElementById("chat-title")?.scrollIntoView({ block: "start" });
    void dash.agent.chat(text);
  };
  return (
    <form class="composer" onSubmit={send}>
      <label class="visually-hidden" for="instruction">
        Talk with {name}
      </label>
      <input
        id="instruction"
        type="text"
        autocomplete="off"
        enterkeyhint="send"
        maxLength={chatChars}
        placeholder={`Talk with ${name}`}
        value={draft.value}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
      />
      {streams ? (
        <button type="button" class="interrupt-chat" onClick={() => dash.agent.interrupt()}>
          <PauseIcon /> Interrupt
        </button>
      ) : (
        <button type="submit" class="primary" disabled={away}>
          <SendIcon /> Send
        </button>
      )}
    </form>
  );
}
