import type { CallBody, CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { Said } from "@timmy/shared/agent/provenance";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { z } from "zod";
import { maxSentenceChars } from "./limits.ts";

/** How the tools reach the agent; a living house and a fake in memory look the same from here. */
export interface AgentReach {
  readonly call: CallBody;
  /** The node that the agent lives in now. */
  readonly living: () => Promise<{ readonly node: string } | CallRefusal>;
}

/** What one call of a client is bound by. */
export interface ToolCall {
  /** What the client calls itself; a claim. */
  readonly who: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly reading: Reading;
}

/** What a client was told that strangers said: what it then proposes may be made of it. */
export interface Reading {
  told(text: Said<string>): void;
  readonly all: () => readonly Said<string>[];
}

export type ToolAnswer<T> = { readonly ok: true; readonly value: T } | CallRefusal;

/** A tool as the desk runs it: checked, bounded, and answered in one form. */
export interface AgentTool<I = unknown, O = unknown> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** It changes nothing, so a client may call it without asking its person. */
  readonly reads: boolean;
  readonly timeoutMs: number;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  /** What is done at once whatever else the input holds; null when it is nothing of the kind. */
  readonly urgent?: (input: unknown) => I | null;
  run(input: I, call: ToolCall): Promise<ToolAnswer<O>>;
}

/** Text for a client: whole characters, and no more than so many. */
export function bounded(text: string, max: number = maxSentenceChars): string {
  const fits = text.length <= max;
  return fits
    ? text.toWellFormed()
    : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`.toWellFormed();
}

export const refuse = (code: ErrorCode, detail = ""): CallRefusal => ({
  ok: false,
  code,
  sentence: `${errorTable[code].sentence} ${detail}`.trim(),
});

/** The code of a refusal that came over a wire, or `internal` when it is none of the table. */
export const knownCode = (code: string): ErrorCode =>
  Object.hasOwn(errorTable, code) ? (code as ErrorCode) : "internal";
