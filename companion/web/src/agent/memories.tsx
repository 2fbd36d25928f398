import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { agentOf } from "../core/agent-state.ts";
import { formatCount } from "../core/agent-words.ts";
import type { MemoryKind, MemoryList, MemoryQuestion } from "../core/memory-list.ts";
import { shownRows } from "../core/memory-list.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { textOf } from "../ui/fields.tsx";
import { useFocusBack } from "../ui/focus-back.ts";
import { AddIcon, CrossIcon, SearchIcon } from "../ui/icons.tsx";
import { ProblemNote, Section } from "../ui/parts.tsx";
import { FactForm } from "./fact-form.tsx";
import { useHeardAge } from "./heard-age.ts";
import { MemoryRowView } from "./memory-row.tsx";

/** Facts and episodes: searched, corrected, forgotten, each with who said it. */
export function Memories({ dash }: { readonly dash: Dash }): JSX.Element {
  const list = useSelect(dash, ({ agent }) => agent.memories);
  const old = useHeardAge(dash);
  const [isAdding, setIsAdding] = useState(false);
  const opener = useFocusBack<HTMLButtonElement>(isAdding);
  useMemoryReading(dash, list, old === "");
  const ask = (question: MemoryQuestion): void => void dash.agent.readMemories(question);
  const add = (
    <button
      type="button"
      ref={opener}
      aria-expanded={isAdding}
      onClick={() => setIsAdding(!isAdding)}
    >
      <AddIcon /> Add a fact
    </button>
  );
  return (
    <Section id="memories" title="Memories" acts={add} old={old}>
      {isAdding ? (
        <div class="add-form">
          <FactForm dash={dash} onDone={() => setIsAdding(false)} />
        </div>
      ) : null}
      <Search list={list} onAsk={ask} />
      <Rows dash={dash} list={list} />
    </Section>
  );
}

/** Reads anew when there is more or less to know, unless older ones are being looked at. */
function useMemoryReading(dash: Dash, list: MemoryList, hears: boolean): void {
  const known = useSelect(dash, ({ agent }) => {
    const view = agentOf(agent);
    return view === null ? "" : `${view.id} ${view.node} ${view.facts} ${view.episodes}`;
  });
  useEffect(() => {
    const { rows, question, isOlderShown } = list;
    if (hears && !(rows !== null && isOlderShown)) void dash.agent.readMemories(question);
  }, [dash, known, hears]);
}

interface SearchProps {
  readonly list: MemoryList;
  readonly onAsk: (question: MemoryQuestion) => void;
}

function Search({ list, onAsk }: SearchProps): JSX.Element {
  const { question, facts, episodes, rows } = list;
  const search = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onAsk({ ...question, query: textOf(event.currentTarget, "query").trim() });
  };
  const kinds = [
    ["fact", "Facts", facts],
    ["episode", "Episodes", episodes],
  ] as const satisfies readonly (readonly [MemoryKind, string, number])[];
  return (
    <form class="search" onSubmit={search}>
      <label class="visually-hidden" for="memory-query">
        Words to look for
      </label>
      <input
        id="memory-query"
        name="query"
        type="search"
        autocomplete="off"
        placeholder="Search the memory"
        maxLength={500}
      />
      <button type="submit">
        <SearchIcon /> Search
      </button>
      <span class="kinds">
        {kinds.map(([kind, name, count]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={question.query === "" && question.kind === kind}
            onClick={({ currentTarget }) => {
              currentTarget.form?.reset();
              onAsk({ kind, query: "" });
            }}
          >
            {name}{" "}
            {rows === null && facts + episodes === 0 ? null : (
              <span class="quiet">{formatCount(count)}</span>
            )}
          </button>
        ))}
      </span>
      {question.query === "" ? null : (
        <p class="found small">
          Facts and episodes, best first for {`\u201c${question.query}\u201d`}
          <button
            type="button"
            onClick={({ currentTarget }) => {
              currentTarget.form?.reset();
              // This button goes; what it was for begins in the field.
              document.getElementById("memory-query")?.focus();
              onAsk({ ...question, query: "" });
            }}
          >
            <CrossIcon /> Show all
          </button>
        </p>
      )}
    </form>
  );
}

interface RowsProps {
  readonly dash: Dash;
  readonly list: MemoryList;
}

function Rows({ dash, list }: RowsProps): JSX.Element {
  const { question, problem, isEnd } = list;
  const [busy, setBusy] = useState(false);
  const rows = list.rows === null ? null : shownRows(list.rows, dash.nowMs.value);
  const older = async (before: string): Promise<void> => {
    setBusy(true);
    await dash.agent.readMemories(question, before);
    setBusy(false);
  };
  const last = rows?.at(-1)?.memory.id;
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {rows === null && problem === null ? <p class="quiet">Reading...</p> : null}
      {rows !== null && rows.length === 0 && problem === null ? (
        <p class="quiet">{emptyWords(question)}</p>
      ) : null}
      <ul class="entries memories">
        {(rows ?? []).map((row, at) => (
          <MemoryRowView key={row.memory.id} dash={dash} row={row} at={at} />
        ))}
      </ul>
      {isEnd || last === undefined ? null : (
        <button type="button" class="older" disabled={busy} onClick={() => void older(last)}>
          {busy ? "Reading..." : "Older"}
        </button>
      )}
    </>
  );
}

function emptyWords({ kind, query }: MemoryQuestion): string {
  if (query !== "") return "No memory holds these words. Try fewer of them.";
  return kind === "fact"
    ? "No facts yet. Add one, or say: remember that the tea is in the blue tin."
    : "No episodes yet. Whatever it hears and does will be kept here.";
}
