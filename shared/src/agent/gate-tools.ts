import { z } from "zod";
import { gateLimits } from "./gate-limits.ts";

/** What a tool does to the world, from the least to the most. */
export type ToolEffect = "read" | "say" | "remember" | "move" | "send" | "pay";

export interface ToolRule {
  readonly name: string;
  readonly effect: ToolEffect;
  /** A strict object of texts. */
  readonly input: z.ZodType<Readonly<Record<string, string>>>;
  /** Fields that choose something: payee, amount, path, URL, place, whom. */
  readonly targets: readonly string[];
  /**
   * Words with which the owner asks for it: after a stranger's text was read, that and the target
   * in his own words are needed, or his yes.
   */
  readonly verbs?: readonly string[];
  /** Fields that name a secret by its handle, "handle:NAME"; the mind never sees what it stands for. */
  readonly handles?: readonly string[];
}

/** The input of a tool that takes these fields, each a text that is not empty, and no others. */
export function textFields(fields: readonly string[]): ToolRule["input"] {
  const text = z.string().min(1).max(gateLimits.toolFieldChars);
  return z.strictObject(Object.fromEntries(fields.map((field) => [field, text])));
}

/** The tools that a mind may ask for; what is not here is refused. */
export type ToolRegistry = ReadonlyMap<string, ToolRule>;

export function createToolRegistry(rules: readonly ToolRule[]): ToolRegistry {
  return new Map(rules.map((rule) => [rule.name, rule]));
}

const handle = /^handle:[a-z0-9_-]{1,48}$/;

/** What is wrong with a tool's input, in words; empty when it fits. */
export function faultOfInput(rule: ToolRule, input: Readonly<Record<string, string>>): string {
  const parsed = rule.input.safeParse(input);
  if (!parsed.success) {
    const fields = new Set(parsed.error.issues.map((issue) => issue.path.join(".") || "input"));
    return `${rule.name}: ${[...fields].slice(0, 4).join(", ")} does not fit.`;
  }
  const bare = rule.handles?.find((field) => !handle.test(input[field] ?? ""));
  return bare === undefined ? "" : `${rule.name}: ${bare} takes the handle of a secret.`;
}
