import type { JSX } from "preact";
import { formatLatency, plural, toolInput, toolOutcome } from "../core/agent-words.ts";
import type { ChatEnd, ChatPart, ChatTurn } from "../core/chat.ts";
import { formatTime } from "../core/format.ts";
import { CrossIcon, PauseIcon, RefusedIcon, ToolIcon } from "../ui/icons.tsx";
import { lookOf } from "../ui/looks.tsx";
import { SaidList } from "./source.tsx";

/** As many memories stand open under a turn; more are folded away. */
const shownMemories = 3;

interface ChatTurnProps {
  readonly turn: ChatTurn;
  readonly name: string;
}

/** One thing that was said, what the mind had before it, and its answer as it comes. */
export function ChatTurnView({ turn, name }: ChatTurnProps): JSX.Element {
  const { memories, parts, end } = turn;
  const said = memories.map(({ key, text, from }) => ({
    from,
    text: key === "" ? text : `${key}: ${text}`,
  }));
  return (
    <li class="turn">
      <p class="who">
        <span>You</span>
        <time dateTime={new Date(turn.atWallMs).toISOString()}>{formatTime(turn.atWallMs)}</time>
      </p>
      <p class="words">{turn.text}</p>
      {said.length === 0 ? null : (
        <details class="used" open={said.length <= shownMemories}>
          <summary>{plural(said.length, "memory", "memories")} used</summary>
          <SaidList said={said} />
        </details>
      )}
      {parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
      {end === null ? (
        <p class="quiet small">{parts.length === 0 ? "Thinking..." : "Answering..."}</p>
      ) : (
        <End end={end} name={name} />
      )}
    </li>
  );
}

function Part({ part }: { readonly part: ChatPart }): JSX.Element {
  switch (part.type) {
    case "text":
      return <p class="answer">{part.text}</p>;
    case "tool":
      return <ToolCall name={part.name} input={part.input} outcome={part.outcome} />;
    case "refused":
      return (
        <div class="verdict refused">
          <RefusedIcon />
          <p>
            <strong>Refused.</strong> {part.sentence}
          </p>
        </div>
      );
    default:
      return part satisfies never;
  }
}

interface ToolCallProps {
  readonly name: string;
  readonly input: string;
  readonly outcome: string;
}

/** A tool that the mind called: with what, and what became of it. */
function ToolCall({ name, input, outcome }: ToolCallProps): JSX.Element {
  const { status, words } = toolOutcome(outcome);
  const look = status === "told" ? null : lookOf(status);
  return (
    <div class={`tool ${status}`}>
      {look?.glyph ?? <ToolIcon />}
      <div>
        <p>
          <span class="visually-hidden">Tool </span>
          <strong class="mono">{name}</strong>
          {look === null ? null : <span class="status"> {look.word}</span>}
        </p>
        <p class="quiet small tool-input">{toolInput(input)}</p>
        {words === "" ? null : <p>{words}</p>}
      </div>
    </div>
  );
}

function End({ end, name }: { readonly end: ChatEnd; readonly name: string }): JSX.Element {
  switch (end.kind) {
    case "done": {
      const by = end.by === "rules" ? "the rules" : end.by || name;
      return (
        <p class="quiet small">
          By {by} in {formatLatency(end.latencyMs)}
        </p>
      );
    }
    case "interrupted":
      return (
        <div class="verdict aborted">
          <PauseIcon />
          <p>
            <strong>Interrupted.</strong> The mind stopped there.
          </p>
        </div>
      );
    case "failed":
      return (
        <div class="verdict failed">
          <CrossIcon />
          <p>
            <strong>No answer.</strong> {end.problem.sentence} {end.problem.remedy}
          </p>
        </div>
      );
    default:
      return end satisfies never;
  }
}
