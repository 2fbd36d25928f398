import { TimmyError } from "../errors.ts";
import { canonicalJson } from "./canonical.ts";

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;

/** The first name that an object of valid JSON has twice, or null. */
function findDuplicate(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const names = open.at(-1);
      const name = String(JSON.parse(last));
      if (names?.has(name)) return name;
      names?.add(name);
    }
    last = token;
  }
  return null;
}

function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i + 1;
}

/**
 * Reads JSON that is written in the one way of RFC 8785. So a name that stands twice, 1e309, half of
 * a surrogate pair, white space or another order of names is refused, with the reason.
 */
export function readStrictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, why: "it is not JSON" };
  }
  let written: string;
  try {
    written = canonicalJson(value);
  } catch (error) {
    if (!(error instanceof TimmyError)) throw error;
    return {
      ok: false,
      why: error.details.replace(/^./, (c) => c.toLowerCase()).replace(/\.$/, ""),
    };
  }
  if (written === text) return { ok: true, value };
  const twice = findDuplicate(text);
  if (twice !== null) {
    return { ok: false, why: `the name "${twice.slice(0, 60)}" stands twice in one object` };
  }
  const column = firstDifference(text, written);
  return { ok: false, why: `it is not in canonical form (RFC 8785) from column ${column} on` };
}
