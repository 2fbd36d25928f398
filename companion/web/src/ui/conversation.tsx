import type { JSX } from "preact";
import { agentName, livesElsewhere } from "../core/agent-words.ts";
import type { Item, Note } from "../core/conversation.ts";
import { presenceOf } from "../core/dashboard-state.ts";
import { formatReason, formatTime } from "../core/format.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import { SpeakIcon, StopIcon, WarnIcon } from "./icons.tsx";
import { useStickToEnd } from "./stick-to-end.ts";
import { TurnView } from "./turn.tsx";

interface ConversationProps {
  readonly dash: Dash;
  /** Puts an example into the text field. */
  readonly onExample: (text: string) => void;
}

/** What was asked, planned, measured, refused and said, the newest at the end. */
export function Conversation({ dash, onExample }: ConversationProps): JSX.Element {
  const items = useSelect(dash, (state) => state.items);
  const loading = useSelect(dash, (state) => presenceOf(state) === "loading");
  const isAway = useSelect(dash, (state) => livesElsewhere(state) !== "");
  const list = useStickToEnd<HTMLElement>(items);
  return (
    <div class="conversation">
      <h2 id="conversation-title" class="visually-hidden">
        Conversation
      </h2>
      <section
        class="talk"
        {...list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by key.
        tabIndex={0}
        aria-labelledby="conversation-title"
      >
        {items.length > 0 ? (
          <ol class="items">
            {items.map((item) => (
              <ItemView key={item.key} item={item} dash={dash} />
            ))}
          </ol>
        ) : loading ? (
          <p class="quiet">Loading the conversation...</p>
        ) : isAway ? (
          <Away dash={dash} />
        ) : (
          <Examples dash={dash} onExample={onExample} />
        )}
      </section>
    </div>
  );
}

function ItemView({ item, dash }: { readonly item: Item; readonly dash: Dash }): JSX.Element {
  const name = useSelect(dash, agentName);
  if (item.kind === "turn") return <TurnView turn={item} dash={dash} />;
  return <NoteView note={item} name={name} />;
}

interface NoteProps {
  readonly note: Note;
  readonly name: string;
}

function NoteView({ note, name }: NoteProps): JSX.Element {
  const glyph =
    note.kind === "spoke" ? <SpeakIcon /> : note.kind === "stop" ? <StopIcon /> : <WarnIcon />;
  const reason = note.kind === "stop" ? formatReason(note.detail) : note.detail;
  return (
    <li class={`note note-${note.kind}`}>
      {glyph}
      <p>
        {note.kind === "spoke" ? <span class="quiet">{name} said </span> : null}
        {note.kind === "spoke" ? `\u201c${note.sentence}\u201d` : note.sentence}
        {reason === "" ? null : <span class="quiet"> {reason}.</span>}
      </p>
      <time dateTime={new Date(note.atWallMs).toISOString()}>{formatTime(note.atWallMs)}</time>
    </li>
  );
}

/** A robot that nobody lives in understands nothing; what can be done instead. */
function Away({ dash }: { readonly dash: Dash }): JSX.Element {
  const name = useSelect(dash, agentName);
  return (
    <div class="empty">
      <p>
        Nobody listens in this robot. <a href="#/mind">Talk with {name}</a> where it lives, or{" "}
        <a href="#/agent">move it here</a>.
      </p>
    </div>
  );
}

/** Sentences that this robot, in this house, understands without a model. */
function Examples({ dash, onExample }: ConversationProps): JSX.Element {
  const rooms = useSelect(dash, (state) => state.plan?.rooms ?? null);
  const name = useSelect(dash, agentName);
  const first = rooms?.find(({ id }) => id === "kitchen") ?? rooms?.[0];
  const second = rooms?.find((room) => room !== first);
  const sentences = [
    `go to the ${first?.name ?? "kitchen"}`,
    `go to the ${second?.name ?? "hall"} and say hello`,
    `patrol the ${first?.name ?? "kitchen"} and the ${second?.name ?? "hall"}`,
    "come back",
    "go to the dock",
  ];
  return (
    <div class="empty">
      <p>Nothing was asked yet. Tell {name} where to go or what to say, for example:</p>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>
            <button type="button" class="plain example" onClick={() => onExample(sentence)}>
              {sentence}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
