import type { JSX } from "preact";
import type { Measured, Step, Task, Turn } from "../core/conversation.ts";
import {
  capital,
  formatDuration,
  formatMetres,
  formatRoom,
  formatSpeed,
  formatTime,
} from "../core/format.ts";
import { decidedByWords } from "../core/robot-words.ts";
import type { Dash } from "./dash.ts";
import { CheckIcon, CrossIcon, PauseIcon, RefusedIcon } from "./icons.tsx";
import { lookOf } from "./looks.tsx";

/** What was measured when a step or a task ended, in one line. */
function measuredWords(measured: Measured): string {
  const { room, xM, yM, speedMps, durationS } = measured;
  const parts = [
    room === null ? "" : formatRoom(room),
    xM === null || yM === null ? "" : `at ${xM.toFixed(2)}, ${formatMetres(yM)}`,
    speedMps === null ? "" : formatSpeed(speedMps),
    durationS > 0 ? `after ${formatDuration(durationS)}` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** One thing that was asked: the words, the plan as it fills in, and how it ended. */
export function TurnView({
  turn,
  dash,
}: {
  readonly turn: Turn;
  readonly dash: Dash;
}): JSX.Element {
  const { task, reply } = turn;
  const isRunning = task !== null && task.outcome === null;
  return (
    <li class="turn">
      <p class="who">
        <span>{capital(turn.who)}</span>
        <time dateTime={new Date(turn.atWallMs).toISOString()}>{formatTime(turn.atWallMs)}</time>
      </p>
      <p class="words">{turn.instruction}</p>
      {task === null && reply === null ? <p class="quiet">Thinking...</p> : null}
      {task === null ? null : <Plan task={task} />}
      {task === null && reply !== null ? <ReplyVerdict turn={turn} /> : null}
      {task === null || task.outcome === null ? null : <TaskVerdict task={task} />}
      {isRunning ? (
        <button type="button" class="interrupt" onClick={() => void dash.api.endTask()}>
          <PauseIcon /> Interrupt
        </button>
      ) : null}
    </li>
  );
}

function Plan({ task }: { readonly task: Task }): JSX.Element | null {
  if (task.steps.length === 0) return null;
  return (
    <div class="plan">
      <p class="quiet">Plan, {decidedByWords(task.decidedBy)}</p>
      <ol class="steps">
        {task.steps.map((step, at) => (
          <StepView key={at} step={step} />
        ))}
      </ol>
    </div>
  );
}

function StepView({ step }: { readonly step: Step }): JSX.Element {
  const { glyph, word } = lookOf(step.status);
  const figures = step.measured === null ? "" : measuredWords(step.measured);
  return (
    <li class={`step ${step.status}`}>
      {glyph}
      <div>
        <p>
          {capital(step.text)}
          <span class="status"> {word}</span>
        </p>
        {step.status === "done" || step.sentence === "" ? null : <p>{step.sentence}</p>}
        {figures === "" ? null : <p class="figures">{figures}</p>}
      </div>
    </li>
  );
}

function TaskVerdict({ task }: { readonly task: Task }): JSX.Element {
  const { glyph, word } = lookOf(task.outcome ?? "running");
  const told = task.steps.some((step) => step.status !== "done" && step.sentence === task.sentence);
  // Where the step above tells the same, and where nothing was begun, figures are noise.
  const isWorth = !told && task.steps.length > 1 && task.outcome !== "refused";
  const figures = task.measured === null || !isWorth ? "" : measuredWords(task.measured);
  const by = task.outcome === "refused" ? ` Refusal ${decidedByWords(task.decidedBy)}.` : "";
  return (
    <div class={`verdict ${task.outcome}`}>
      {glyph}
      <p>
        <strong>{word}.</strong> {told ? "" : task.sentence}
        <span class="quiet">{by}</span>
        {figures === "" ? null : <span class="figures block">{figures}</span>}
      </p>
    </div>
  );
}

function ReplyVerdict({ turn }: { readonly turn: Turn }): JSX.Element | null {
  const { reply } = turn;
  if (reply === null) return null;
  if (reply.ok) {
    return (
      <div class="verdict done">
        <CheckIcon />
        <p>{reply.sentence}</p>
      </div>
    );
  }
  const notSent = reply.code === "no-answer";
  return (
    <div class="verdict refused">
      {notSent ? <CrossIcon /> : <RefusedIcon />}
      <p>
        <strong>{notSent ? "Not sent." : "Refused."}</strong> {reply.sentence}
        {reply.remedy === "" ? null : <span class="block">{reply.remedy}</span>}
      </p>
    </div>
  );
}
