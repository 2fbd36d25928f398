import type { DecidedBy } from "@timmy/shared/agent/plan";
import type { Outcome } from "@timmy/shared/agent/tim-agent";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import { keptItems } from "../limits.ts";
import { formatSpeed } from "./format.ts";
import type { Reply, RobotEvent } from "./wire.ts";

export interface Measured {
  readonly xM: number | null;
  readonly yM: number | null;
  readonly speedMps: number | null;
  readonly room: string | null;
  readonly durationS: number;
}

/** `skipped`: the task ended before its turn came. */
export type StepStatus = "waiting" | "running" | "skipped" | Outcome;

export interface Step {
  readonly text: string;
  readonly status: StepStatus;
  readonly sentence: string;
  readonly measured: Measured | null;
}

export interface Task {
  readonly id: string;
  readonly decidedBy: DecidedBy;
  readonly steps: readonly Step[];
  /** Null while it runs. */
  readonly outcome: Outcome | null;
  readonly reason: string | null;
  readonly sentence: string;
  readonly measured: Measured | null;
}

/** One thing that was asked, and what became of it. */
export interface Turn {
  readonly kind: "turn";
  readonly key: string;
  readonly instruction: string;
  readonly who: string;
  readonly atWallMs: number;
  /** What the command's own answer said; null while it is awaited. */
  readonly reply: Reply | null;
  readonly task: Task | null;
}

export interface Note {
  readonly kind: "spoke" | "stop" | "collision" | "error";
  readonly key: string;
  readonly sentence: string;
  readonly detail: string;
  readonly atWallMs: number;
}

export type Item = Turn | Note;
export type Items = readonly Item[];

const keep = (items: Items): Items => (items.length > keptItems ? items.slice(-keptItems) : items);

/** Puts an item at the end, or in the place of the one with its key. */
function put(items: Items, item: Item): Items {
  const at = items.findIndex((other) => other.key === item.key);
  return at === -1 ? keep([...items, item]) : items.with(at, item);
}

/** Takes up a sentence at the moment it is sent, before anybody answered. */
export function ask(items: Items, key: string, instruction: string, atWallMs: number): Items {
  return put(items, {
    kind: "turn",
    key,
    instruction,
    who: "you",
    atWallMs,
    reply: null,
    task: null,
  });
}

/** Notes the answer to a sentence; a task that its events already brought is joined to it. */
export function answer(items: Items, key: string, reply: Reply): Items {
  const turn = items.find((item) => item.kind === "turn" && item.key === key);
  if (turn?.kind !== "turn") return items;
  const early = items.find(
    (item) => item.kind === "turn" && item.key !== key && item.task?.id === reply.taskId,
  );
  if (reply.taskId === null || early?.kind !== "turn") return put(items, { ...turn, reply });
  const others = items.filter((item) => item !== early);
  return put(others, { ...turn, reply, task: early.task });
}

function measuredOf(event: EventPayload<"task">): Measured {
  return {
    xM: event.x_m,
    yM: event.y_m,
    speedMps: event.speed_mps,
    room: event.room,
    durationS: event.duration_s,
  };
}

/** The task after one of its events; works from any phase on, since the first may be missing. */
function advance(task: Task | null, event: EventPayload<"task">): Task {
  const known =
    task?.steps ??
    event.steps.map((text): Step => ({ text, status: "waiting", sentence: "", measured: null }));
  const base: Task = task ?? {
    id: event.task_id,
    decidedBy: event.decided_by,
    steps: known,
    outcome: null,
    reason: null,
    sentence: "",
    measured: null,
  };
  if (event.phase === "planned") return { ...base, decidedBy: event.decided_by };
  if (event.phase === "ended") {
    const outcome = event.outcome ?? "unconfirmed";
    const steps = base.steps.map((step): Step => {
      if (step.status === "running") return { ...step, status: outcome };
      return step.status === "waiting" ? { ...step, status: "skipped" } : step;
    });
    const { reason, sentence } = event;
    return { ...base, steps, outcome, reason, sentence, measured: measuredOf(event) };
  }
  const step = base.steps[event.step];
  if (step === undefined) return base;
  const next: Step =
    event.phase === "step-started"
      ? { ...step, status: "running" }
      : {
          ...step,
          status: event.outcome ?? "unconfirmed",
          sentence: event.sentence,
          measured: measuredOf(event),
        };
  return { ...base, steps: base.steps.with(event.step, next) };
}

function foldTask(items: Items, event: EventPayload<"task">): Items {
  const isIts = (item: Item): item is Turn =>
    item.kind === "turn" &&
    (item.task?.id === event.task_id || item.reply?.taskId === event.task_id);
  const isAwaited = (item: Item): item is Turn =>
    item.kind === "turn" &&
    item.task === null &&
    item.reply === null &&
    item.instruction === event.instruction;
  const turn = items.find(isIts) ?? items.find(isAwaited);
  if (turn !== undefined) return put(items, { ...turn, task: advance(turn.task, event) });
  return put(items, {
    kind: "turn",
    key: `task-${event.task_id}`,
    instruction: event.instruction,
    who: event.who,
    atWallMs: event.ts,
    reply: null,
    task: advance(null, event),
  });
}

function stopSentence(event: EventPayload<"stop">): string {
  const speed = event.speed_mps === null ? "speed unknown" : formatSpeed(event.speed_mps);
  switch (event.state) {
    case "none":
      return "The stop was reset.";
    case "stopping":
      return "Stopping.";
    case "stopped":
      return `Stopped, ${speed} measured.`;
    case "unconfirmed":
      return `Stop unconfirmed, last ${speed}.`;
    default:
      return event.state satisfies never;
  }
}

/** The conversation after one event of the robot. */
export function foldEvent(items: Items, { kind, payload }: RobotEvent): Items {
  const note = (key: string, sentence: string, detail: string): Items =>
    put(items, {
      kind: kind === "task" ? "error" : kind,
      key,
      sentence,
      detail,
      atWallMs: payload.ts,
    });
  switch (kind) {
    case "task":
      return foldTask(items, payload);
    case "spoke":
      return note(`spoke-${payload.seq}-${payload.ts}`, payload.text, "");
    case "stop": {
      const part = payload.state === "none" ? "reset" : "stop";
      return note(`${part}-${payload.generation}`, stopSentence(payload), payload.reason);
    }
    case "collision": {
      const side = payload.side === "both" ? "both bumpers" : `the ${payload.side} bumper`;
      return note(`collision-${payload.seq}-${payload.ts}`, `Touched something with ${side}.`, "");
    }
    case "error":
      return note(`error-${payload.seq}-${payload.ts}`, payload.detail, payload.code);
    default:
      return items;
  }
}

/** The task that runs now, if one does: the newest that has not ended. */
export function runningTurn(items: Items): (Turn & { readonly task: Task }) | null {
  for (const item of items.toReversed()) {
    if (item.kind === "turn" && item.task !== null) {
      return item.task.outcome === null ? { ...item, task: item.task } : null;
    }
  }
  return null;
}
