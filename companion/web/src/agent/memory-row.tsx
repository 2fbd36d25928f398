import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MemoryRow } from "../core/memory-list.ts";
import { undoMs } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { useFocusBack, useFocusGoesTo } from "../ui/focus-back.ts";
import { EditIcon, ForgetIcon, UndoIcon } from "../ui/icons.tsx";
import { Ago, ProblemNote } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { FactForm } from "./fact-form.tsx";
import { Source } from "./source.tsx";

interface MemoryRowProps {
  readonly dash: Dash;
  readonly row: MemoryRow;
  /** Its place in the list. */
  readonly at: number;
}

/** One memory; forgotten, it leaves its place for a moment to the way back. */
export function MemoryRowView({ dash, row, at }: MemoryRowProps): JSX.Element {
  const [isEditing, setIsEditing] = useState(false);
  const edit = useFocusBack<HTMLButtonElement>(isEditing);
  const { memory, forgottenMs } = row;
  if (forgottenMs !== null) {
    return <Forgotten dash={dash} id={memory.id} name={nameOf(row)} sinceMs={forgottenMs} />;
  }
  return (
    <li class="entry memory">
      {isEditing ? (
        <FactForm dash={dash} memory={memory} onDone={() => setIsEditing(false)} />
      ) : (
        <Words dash={dash} row={row} at={at} edit={edit} onEdit={() => setIsEditing(true)} />
      )}
    </li>
  );
}

const nameOf = ({ memory }: MemoryRow): string =>
  memory.key === "" ? memory.text.slice(0, 60) : memory.key;

interface WordsProps extends MemoryRowProps {
  readonly edit: RefObject<HTMLButtonElement | null>;
  readonly onEdit: () => void;
}

function Words({ dash, row, at, edit, onEdit }: WordsProps): JSX.Element {
  const { id, kind, key, text, from, at_ms } = row.memory;
  const { busy, problem, run } = useAct();
  return (
    <>
      <div class="entry-main">
        {problem === null ? null : <ProblemNote problem={problem} />}
        {key === "" ? null : <h4>{key}</h4>}
        <p>{text}</p>
        <p class="small said-by">
          <Source from={from} />
          {kind === "episode" ? <span>Episode</span> : null}
          <Ago dash={dash} atMs={at_ms} />
        </p>
      </div>
      <div class="entry-acts">
        <button type="button" class="plain" ref={edit} onClick={onEdit}>
          <EditIcon /> Edit<span class="visually-hidden"> {nameOf(row)}</span>
        </button>
        <button
          type="button"
          class="plain"
          disabled={busy}
          onClick={() => void run(() => dash.agent.forget(id, at))}
        >
          <ForgetIcon /> Forget<span class="visually-hidden"> {nameOf(row)}</span>
        </button>
      </div>
    </>
  );
}

interface ForgottenProps {
  readonly dash: Dash;
  readonly id: string;
  readonly name: string;
  readonly sinceMs: number;
}

function Forgotten({ dash, id, name, sinceMs }: ForgottenProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const undo = useRef<HTMLButtonElement>(null);
  const leftS = Math.max(0, Math.ceil((sinceMs + undoMs - dash.nowMs.value) / 1000));
  useEffect(() => undo.current?.focus(), []);
  useFocusGoesTo(undo, "memories-title");
  return (
    <li class="entry memory forgotten">
      <div class="entry-main">
        {problem === null ? null : <ProblemNote problem={problem} />}
        <p class="quiet">
          Forgotten: <span class="gone">{name}</span>
        </p>
      </div>
      <div class="entry-acts">
        <button
          type="button"
          ref={undo}
          // Not `disabled`: the focus that is on it would fall to the page, where Space is a stop.
          aria-disabled={busy}
          onClick={() => {
            if (!busy) void run(() => dash.agent.restore(id));
          }}
        >
          <UndoIcon /> Undo<span class="visually-hidden"> forgetting {name}</span>
          <span class="count"> {leftS} s</span>
        </button>
      </div>
    </li>
  );
}
