import { TimmyError } from "../errors.ts";
import { depthLimit } from "./limits.ts";

const refuse = (why: string) => new TimmyError("not-canonical", why);

function writeText(text: string): string {
  // RFC 8785, 3.2.2.2: a lone surrogate has no UTF-8 form, so no two readers would hash the same.
  if (!text.isWellFormed()) throw refuse("A text holds half of a surrogate pair.");
  return JSON.stringify(text);
}

function write(value: unknown, depth: number): string {
  if (depth > depthLimit) throw refuse(`It is nested deeper than ${depthLimit} levels.`);
  switch (typeof value) {
    case "string":
      return writeText(value);
    case "number":
      // RFC 8785, 3.2.2.3: numbers as ECMAScript writes them; -0 is 0.
      if (!Number.isFinite(value)) throw refuse(`${value} is no JSON number.`);
      return String(value);
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw refuse(`A value of type ${typeof value} has no JSON form.`);
  }
}

const writeArray = (values: readonly unknown[], depth: number) =>
  `[${Array.from(values, (value) => write(value, depth + 1)).join(",")}]`;

function writeObject(value: object, depth: number): string {
  // RFC 8785, 3.2.3: by UTF-16 code units, which is how ECMAScript sorts strings.
  const names = Object.keys(value).sort();
  let text = "{";
  for (const name of names) {
    const member: unknown = Reflect.get(value, name);
    text += `${text === "{" ? "" : ","}${writeText(name)}:${write(member, depth + 1)}`;
  }
  return `${text}}`;
}

/**
 * The one way to write a JSON value (RFC 8785), without a newline. Throws `not-canonical` for what
 * has none: numbers that are not finite, halves of surrogate pairs, undefined, bigint, functions.
 */
export const canonicalJson = (value: unknown): string => write(value, 0);
