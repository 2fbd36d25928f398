import { agentNameChars, blockChars, blockNameChars, factChars, factKeyChars } from "../limits.ts";
import type { Checked } from "./money-forms.ts";

export type Errors = Readonly<Record<string, string>>;

interface FactText {
  readonly key: string;
  readonly text: string;
}
interface BlockText {
  readonly name: string;
  readonly text: string;
}

const tooLong = (most: number): string => `At most ${most} characters.`;

/** A fact as a person typed it: its name and its words, neither empty. */
export function checkFact(typedKey: string, typedText: string): Checked<FactText> {
  const [key, text] = [typedKey.trim(), typedText.trim()];
  const errors: Record<string, string> = {};
  if (key === "") errors["key"] = "Say what it is about.";
  if (key.length > factKeyChars) errors["key"] = tooLong(factKeyChars);
  if (text === "") errors["text"] = "Say what to remember.";
  if (text.length > factChars) errors["text"] = tooLong(factChars);
  return Object.keys(errors).length > 0
    ? { ok: false, errors }
    : { ok: true, value: { key, text } };
}

/** A core block; a new one must not take the name of another. */
export function checkBlock(
  typedName: string,
  typedText: string,
  taken: readonly string[],
): Checked<BlockText> {
  const [name, text] = [typedName.trim(), typedText.trim()];
  const errors: Record<string, string> = {};
  if (name === "") errors["name"] = "Give it a name.";
  if (name.length > blockNameChars) errors["name"] = tooLong(blockNameChars);
  if (taken.includes(name)) errors["name"] = "There is a block of this name; edit that one.";
  if (text === "") errors["text"] = "Write what should always be in the prompt.";
  if (text.length > blockChars) errors["text"] = tooLong(blockChars);
  return Object.keys(errors).length > 0
    ? { ok: false, errors }
    : { ok: true, value: { name, text } };
}

/** The agent's name, or what is wrong with it. */
export function checkName(typed: string): Checked<string> {
  const name = typed.trim();
  if (name === "") return { ok: false, errors: { name: "Give it a name." } };
  if (name.length > agentNameChars) return { ok: false, errors: { name: tooLong(agentNameChars) } };
  return { ok: true, value: name };
}
