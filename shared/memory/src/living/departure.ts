import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { telling } from "../sqlite-file.ts";
import { internalsOf } from "../store-internals.ts";
import { setRecord } from "../store-sections.ts";
import { readHandover } from "./handover.ts";

/** What a body remembers of a departure beside the record: no state file has it, an import ends it. */
const intoFile = "departure.into-file";
const answered = "departure.answered";

function mark(store: AgentStore, name: string, text: string | null): void {
  const { db } = internalsOf(store).context;
  if (text === null) db.prepare("DELETE FROM documents WHERE name = ?").run(name);
  else db.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?)").run(name, text);
}
function markOf(store: AgentStore, name: string): string | null {
  const { db } = internalsOf(store).context;
  const read = db.prepare<[string], { text: string }>("SELECT text FROM documents WHERE name = ?");
  return telling(() => read.get(name)?.text ?? null);
}

/** From here on it acts no more. A file may be imported without asking us, so that is remembered. */
export function leave(store: AgentStore, to: string, into: "node" | "file"): void {
  internalsOf(store).context.write(() => {
    setRecord(store, { status: "leaving", departedTo: to });
    mark(store, intoFile, into === "file" ? to : null);
  });
}

/** Whether it is leaving into a file, which may stand already: only its owner takes that back. */
export const leavesIntoFile = (store: AgentStore): boolean =>
  markOf(store, intoFile) !== null && store.agent().status === "leaving";

/** A move that was not settled is taken back: it lives on here. */
export function takeBack(store: AgentStore): void {
  internalsOf(store).context.write(() => {
    setRecord(store, { status: "living", departedTo: "" });
    mark(store, intoFile, null);
  });
}

/** What a person has to know of an agent that is leaving into a file. */
export const intoFileSentence = ({ name, departedTo }: ReturnType<AgentStore["agent"]>): string =>
  `${name} is on its way into a file${departedTo === "" ? "" : ` for ${departedTo}`}, which may stand` +
  ` already: move it into a file again, or take it back with "timmy state stay" and never import it.`;

/** The body that this one was left for has spoken for itself: nothing has to be handed over any more. */
export function keepAnswer(store: AgentStore): void {
  const { epoch } = store.agent();
  internalsOf(store).context.write(() => mark(store, answered, String(epoch)));
}

const wasHanded = (store: AgentStore): boolean =>
  store.agent().status === "departed" &&
  readHandover(store.agent(), store.lineage().at(-1)) !== null;
const wasAnswered = (store: AgentStore): boolean =>
  markOf(store, answered) === String(store.agent().epoch);

/**
 * The node that this body was left for and that has not spoken for itself yet, else null. Until it has,
 * it lives only when it is told so from here: nobody else may take this store.
 */
export const awaitedNode = (store: AgentStore): string | null =>
  wasHanded(store) && !wasAnswered(store) ? store.agent().departedTo : null;

/**
 * Whether all that was learnt here went on to another body, which has lived. Who was only told that the
 * agent lives elsewhere, by a backup of it, may remember what nobody else does.
 */
export const hasGoneOn = (store: AgentStore): boolean => wasHanded(store) && wasAnswered(store);
