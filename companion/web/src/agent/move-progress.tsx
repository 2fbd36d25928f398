import { missingName } from "@timmy/shared/agent/ability-words";
import type { MovedView, MovingView, WhereView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { bodyName, formatBytes, livesWords, movePhase } from "../core/agent-words.ts";
import type { Problem } from "../core/problem.ts";
import type { Dash } from "../ui/dash.ts";
import { CheckIcon, MoveIcon, PauseIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { Meter, ProblemNote } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";

interface MoveProgressProps {
  readonly dash: Dash;
  readonly to: string;
  /** Null until the body that it leaves has said something. */
  readonly moving: MovingView | null;
}

/** A move under way: its phase, what was sent, and the way back while there is one. */
export function MoveProgress({ dash, to, moving }: MoveProgressProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const landing = useLanding<HTMLDivElement>();
  const words = moving === null ? "Asking to leave" : movePhase(moving);
  const { bytes, of } = moving ?? { bytes: 0, of: 0 };
  const figures = of > 0 ? `${formatBytes(bytes)} of ${formatBytes(of)}` : formatBytes(bytes);
  return (
    <div class="dialog landing progress" ref={landing} tabIndex={-1}>
      <p>
        <MoveIcon />
        <span>
          <strong>On its way to {to}.</strong> {words}.
        </span>
      </p>
      <Meter label={`${figures} sent`} share={of > 0 ? bytes / of : 0} />
      <p class="quiet small">{bytes === 0 && of === 0 ? "Nothing sent yet" : `${figures} sent`}</p>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <p class="row">
        <button type="button" disabled={busy} onClick={() => void run(() => dash.agent.stay())}>
          <PauseIcon /> Stay here
        </button>
      </p>
    </div>
  );
}

interface ArrivedProps {
  readonly moved: MovedView;
  readonly name: string;
}

/** The move that ended well, with what was measured of it. */
export function Arrived({ moved, name }: ArrivedProps): JSX.Element {
  const landing = useLanding<HTMLDivElement>();
  const { to, epoch, bytes, hash, missing } = moved;
  return (
    <div class="verdict done landing arrived" ref={landing} tabIndex={-1}>
      <CheckIcon />
      <div>
        <p>
          <strong>
            {name} lives in {to} now.
          </strong>{" "}
          Epoch {epoch}, {formatBytes(bytes)} carried over and verified
          <span class="quiet" title={hash}>
            {" "}
            (SHA-256 {hash.slice(0, 8)})
          </span>
          .
        </p>
        {missing.length === 0 ? (
          <p>It can do there all that it could.</p>
        ) : (
          <p>There it cannot {missing.map(missingName).join(", ")}.</p>
        )}
      </div>
    </div>
  );
}

interface NotMovedProps {
  readonly problem: Problem;
  readonly where: WhereView;
  readonly onAgain: () => void;
}

/** A move that did not happen: why, where the agent is now, and the way out. */
export function NotMoved({ problem, where, onAgain }: NotMovedProps): JSX.Element {
  const landing = useLanding<HTMLDivElement>();
  const { agent } = where;
  const isSettled = agent?.life === "living";
  const { title, more } = isSettled
    ? { title: `${agent.name} still lives in ${bodyName(agent)}.`, more: "" }
    : livesWords(where);
  return (
    <div class="landing not-moved" ref={landing} tabIndex={-1}>
      <ProblemNote problem={problem} />
      <p>
        <strong>{title}</strong> {more}
      </p>
      {isSettled ? (
        <p class="row">
          <button type="button" onClick={onAgain}>
            Try again
          </button>
        </p>
      ) : null}
    </div>
  );
}

interface StayedProps {
  readonly name: string;
  readonly node: string;
}

/** The move that its owner took back. */
export function Stayed({ name, node }: StayedProps): JSX.Element {
  const landing = useLanding<HTMLDivElement>();
  return (
    <div class="verdict aborted landing arrived" ref={landing} tabIndex={-1}>
      <PauseIcon />
      <p>
        <strong>
          {name} stays in {node}.
        </strong>{" "}
        The move was taken back; nothing was changed.
      </p>
    </div>
  );
}
