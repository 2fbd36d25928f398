import type { MemoriesView, MemoryView } from "@timmy/shared/agent/views";
import { keptMemories, memoriesPage, undoMs } from "../limits.ts";
import type { Problem } from "./problem.ts";

export type MemoryKind = MemoryView["kind"];

/** What is asked of the memory: one kind, newest first; with words to look for both, best first. */
export interface MemoryQuestion {
  readonly kind: MemoryKind;
  readonly query: string;
}

export interface MemoryRow {
  readonly memory: MemoryView;
  /** When it was forgotten here; it stays for a moment so that it can be brought back. */
  readonly forgottenMs: number | null;
}

export interface MemoryList {
  readonly question: MemoryQuestion;
  /** Null until the first answer. */
  readonly rows: readonly MemoryRow[] | null;
  readonly facts: number;
  readonly episodes: number;
  /** More than the first page is shown; it is not read anew by itself. */
  readonly isOlderShown: boolean;
  /** There is nothing older, or this page holds as many as it keeps. */
  readonly isEnd: boolean;
  readonly problem: Problem | null;
}

export type MemoryAction =
  | { readonly type: "memories-asked"; readonly question: MemoryQuestion }
  | {
      readonly type: "memories-read";
      readonly question: MemoryQuestion;
      readonly page: MemoriesView;
      /** These follow those that are shown. */
      readonly isOlder: boolean;
      readonly nowMs: number;
    }
  | {
      readonly type: "memories-failed";
      readonly question: MemoryQuestion;
      readonly problem: Problem;
    }
  /** A new fact, or new words in the place of the one with the id `instead`. */
  | { readonly type: "memory-kept"; readonly memory: MemoryView; readonly instead: string | null }
  /** What stood at that place of the list; by now it may have been read anew without it. */
  | {
      readonly type: "memory-forgotten";
      readonly memory: MemoryView;
      readonly at: number;
      readonly nowMs: number;
    }
  | { readonly type: "memory-restored"; readonly id: string; readonly memory: MemoryView };

export const noMemories: MemoryList = {
  question: { kind: "fact", query: "" },
  rows: null,
  facts: 0,
  episodes: 0,
  isOlderShown: false,
  isEnd: true,
  problem: null,
};

const isSame = (a: MemoryQuestion, b: MemoryQuestion): boolean =>
  a.kind === b.kind && a.query === b.query;
const isGone = (row: MemoryRow, nowMs: number): boolean =>
  row.forgottenMs !== null && nowMs - row.forgottenMs > undoMs;

/** The rows to show: what was forgotten goes when it cannot be brought back any more. */
export const shownRows = (rows: readonly MemoryRow[], nowMs: number): readonly MemoryRow[] =>
  rows.filter((row) => !isGone(row, nowMs));

export function reduceMemories(list: MemoryList, action: MemoryAction): MemoryList {
  switch (action.type) {
    case "memories-asked":
      return isSame(list.question, action.question)
        ? list
        : { ...list, question: action.question, rows: null, isOlderShown: false, problem: null };
    case "memories-read":
      return isSame(list.question, action.question) ? onRead(list, action) : list;
    case "memories-failed":
      return isSame(list.question, action.question) ? { ...list, problem: action.problem } : list;
    case "memory-kept":
      return onKept(list, action.memory, action.instead);
    case "memory-forgotten":
      return onForgotten(list, action);
    case "memory-restored":
      return { ...list, rows: putInPlace(list.rows ?? [], action.id, action.memory) };
    default:
      return action satisfies never;
  }
}

function onRead(
  list: MemoryList,
  { page, isOlder, nowMs }: Extract<MemoryAction, { type: "memories-read" }>,
): MemoryList {
  const { facts, episodes, memories } = page;
  const known = list.rows ?? [];
  const shown = new Set(isOlder ? known.map(({ memory }) => memory.id) : []);
  const read = memories
    .filter(({ id }) => !shown.has(id))
    .map((memory): MemoryRow => ({ memory, forgottenMs: null }));
  const all = isOlder ? [...known, ...read] : keepForgotten(known, read, nowMs);
  const rows = all.slice(0, keptMemories);
  // A page without anything new would be asked for over and over; a search has one page, the best.
  const isMore = memories.length >= memoriesPage && read.length > 0 && all.length <= keptMemories;
  const isEnd = !isMore || list.question.query !== "";
  return { ...list, rows, facts, episodes, isEnd, isOlderShown: isOlder, problem: null };
}

/** A list that is read anew leaves what can still be brought back where it stood. */
function keepForgotten(
  known: readonly MemoryRow[],
  read: readonly MemoryRow[],
  nowMs: number,
): readonly MemoryRow[] {
  const there = new Set(read.map(({ memory }) => memory.id));
  const rows = [...read];
  known.forEach((row, at) => {
    const isOpen = row.forgottenMs !== null && !isGone(row, nowMs);
    if (isOpen && !there.has(row.memory.id)) rows.splice(Math.min(at, rows.length), 0, row);
  });
  return rows;
}

/** The memory in the place of the one with the id, and nowhere else: it may have been read already. */
function putInPlace(
  rows: readonly MemoryRow[],
  id: string,
  memory: MemoryView,
): readonly MemoryRow[] {
  const at = rows.findIndex((row) => row.memory.id === id);
  if (at === -1) return rows;
  return rows
    .with(at, { memory, forgottenMs: null })
    .filter((row, place) => place === at || row.memory.id !== memory.id);
}

function onKept(list: MemoryList, memory: MemoryView, instead: string | null): MemoryList {
  const rows = list.rows ?? [];
  const id = instead ?? memory.id;
  if (rows.some((row) => row.memory.id === id)) {
    return { ...list, rows: putInPlace(rows, id, memory) };
  }
  const { kind, query } = list.question;
  if (instead !== null || memory.kind !== kind || query !== "") return list;
  return { ...list, rows: [{ memory, forgottenMs: null }, ...rows].slice(0, keptMemories) };
}

function onForgotten(
  list: MemoryList,
  { memory, at, nowMs }: Extract<MemoryAction, { type: "memory-forgotten" }>,
): MemoryList {
  const others = (list.rows ?? []).filter((row) => row.memory.id !== memory.id);
  const place = Math.min(at, others.length);
  return { ...list, rows: others.toSpliced(place, 0, { memory, forgottenMs: nowMs }) };
}
