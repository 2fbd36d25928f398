import type { BlocksView } from "@timmy/shared/agent/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { Errors } from "../core/agent-forms.ts";
import { checkBlock } from "../core/agent-forms.ts";
import { blockChars, blockNameChars, mostBlocks, undoMs } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { Field, textOf, useFirstWrong } from "../ui/fields.tsx";
import { useFocusBack, useFocusGoesTo } from "../ui/focus-back.ts";
import { AddIcon, EditIcon, ForgetIcon, UndoIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { Ago, ProblemNote, Section } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { useHeardAge } from "./heard-age.ts";
import { LongField } from "./long-field.tsx";
import { SaveRow } from "./save-row.tsx";
import { Source } from "./source.tsx";

type Block = BlocksView["blocks"][number];

interface BlocksProps {
  readonly dash: Dash;
  readonly blocks: BlocksView["blocks"];
}

/** The short texts that are always in the prompt. */
export function Blocks({ dash, blocks }: BlocksProps): JSX.Element {
  const [isAdding, setIsAdding] = useState(false);
  const [removed, setRemoved] = useState<{ block: Block; atMs: number } | null>(null);
  const isFull = blocks.length >= mostBlocks;
  const add = useFocusBack<HTMLButtonElement>(isAdding);
  const acts = (
    <button
      type="button"
      ref={add}
      disabled={isFull}
      aria-expanded={isAdding}
      onClick={() => setIsAdding(!isAdding)}
    >
      <AddIcon /> Add a block
    </button>
  );
  const isOpen = removed !== null && dash.nowMs.value - removed.atMs < undoMs;
  return (
    <Section id="blocks" title="Core blocks" acts={acts} old={useHeardAge(dash)}>
      <p class="quiet">
        Always in the prompt, whatever is asked. {blocks.length} of {mostBlocks}.
        {isFull ? " Remove one to add another." : ""}
      </p>
      {isAdding ? (
        <div class="add-form">
          <BlockForm dash={dash} blocks={blocks} onDone={() => setIsAdding(false)} />
        </div>
      ) : null}
      {removed !== null && isOpen ? (
        <Removed
          key={removed.atMs}
          dash={dash}
          block={removed.block}
          leftMs={removed.atMs + undoMs - dash.nowMs.value}
          onBack={() => setRemoved(null)}
        />
      ) : null}
      <ul class="entries memories">
        {blocks.map((block) => (
          <BlockRow
            key={block.name}
            dash={dash}
            block={block}
            blocks={blocks}
            onRemoved={() => setRemoved({ block, atMs: dash.monotonicMs() })}
          />
        ))}
      </ul>
    </Section>
  );
}

interface BlockRowProps extends BlocksProps {
  readonly block: Block;
  readonly onRemoved: () => void;
}

function BlockRow({ dash, block, blocks, onRemoved }: BlockRowProps): JSX.Element {
  const [isEditing, setIsEditing] = useState(false);
  const { busy, problem, run } = useAct();
  const edit = useFocusBack<HTMLButtonElement>(isEditing);
  const { name, text, from, at_ms } = block;
  const remove = async (): Promise<void> => {
    if ((await run(() => dash.agent.writeBlock(name, ""))) !== null) onRemoved();
  };
  if (isEditing) {
    return (
      <li class="entry memory">
        <BlockForm dash={dash} blocks={blocks} block={block} onDone={() => setIsEditing(false)} />
      </li>
    );
  }
  return (
    <li class="entry memory">
      <div class="entry-main">
        {problem === null ? null : <ProblemNote problem={problem} />}
        <h4>{name}</h4>
        <p class="prose">{text}</p>
        <p class="small said-by">
          <Source from={from} />
          <Ago dash={dash} atMs={at_ms} />
        </p>
      </div>
      <div class="entry-acts">
        <button type="button" class="plain" ref={edit} onClick={() => setIsEditing(true)}>
          <EditIcon /> Edit<span class="visually-hidden"> {name}</span>
        </button>
        <button type="button" class="plain" disabled={busy} onClick={() => void remove()}>
          <ForgetIcon /> Remove<span class="visually-hidden"> {name}</span>
        </button>
      </div>
    </li>
  );
}

interface RemovedProps {
  readonly dash: Dash;
  readonly block: Block;
  readonly leftMs: number;
  readonly onBack: () => void;
}

/** The way back of a block that was removed. */
function Removed({ dash, block, leftMs, onBack }: RemovedProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const undo = useLanding<HTMLButtonElement>();
  const back = async (): Promise<void> => {
    if ((await run(() => dash.agent.writeBlock(block.name, block.text))) !== null) onBack();
  };
  useFocusGoesTo(undo, "blocks-title");
  return (
    <div class="entry memory forgotten">
      <div class="entry-main">
        {problem === null ? null : <ProblemNote problem={problem} />}
        <p class="quiet">
          Removed: <span class="gone">{block.name}</span>
        </p>
      </div>
      <div class="entry-acts">
        <button
          type="button"
          ref={undo}
          // Not `disabled`: the focus that is on it would fall to the page, where Space is a stop.
          aria-disabled={busy}
          onClick={() => {
            if (!busy) void back();
          }}
        >
          <UndoIcon /> Undo<span class="visually-hidden"> removing {block.name}</span>
          <span class="count"> {Math.max(0, Math.ceil(leftMs / 1000))} s</span>
        </button>
      </div>
    </div>
  );
}

interface BlockFormProps extends BlocksProps {
  /** The one that is edited; none for a new one. */
  readonly block?: Block;
  readonly onDone: () => void;
}

function BlockForm({ dash, blocks, block, onDone }: BlockFormProps): JSX.Element {
  const { busy, problem, run } = useAct();
  const [errors, setErrors] = useState<Errors>({});
  const form = useFirstWrong(errors);
  const id = block?.name ?? "new";
  const save = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = block?.name ?? textOf(event.currentTarget, "name");
    const taken = block === undefined ? blocks.map((one) => one.name) : [];
    const checked = checkBlock(name, textOf(event.currentTarget, "text"), taken);
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok) return;
    const { value } = checked;
    if ((await run(() => dash.agent.writeBlock(value.name, value.text))) !== null) onDone();
  };
  return (
    <form class="form" ref={form} onSubmit={(event) => void save(event)} noValidate>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {block === undefined ? (
        <Field
          id="block-name"
          name="name"
          label="Name"
          error={errors["name"]}
          input={{ maxLength: blockNameChars }}
        />
      ) : (
        <h4>{block.name}</h4>
      )}
      <LongField
        id={`block-text-${id}`}
        name="text"
        label={block === undefined ? "Text" : `Text of ${block.name}`}
        most={blockChars}
        error={errors["text"]}
        value={block?.text ?? ""}
        takesFocus={block !== undefined}
      />
      <SaveRow busy={busy} onCancel={onDone} />
    </form>
  );
}
