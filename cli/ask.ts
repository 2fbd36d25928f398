import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { TimmyError } from "@timmy/shared/errors";

/**
 * Asks on standard error, so that the answer of a command stays alone on standard output. Throws
 * `usage` when the input ends without an answer: a command without a terminal must not wait for ever.
 */
export async function ask(
  question: string,
  input: Readable = process.stdin,
  output: Writable = process.stderr,
): Promise<string> {
  const lines = createInterface({ input, output });
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  try {
    return (await lines.question(question, { signal: ended.signal })).trim();
  } catch (cause) {
    if (!ended.signal.aborted) throw cause;
    throw new TimmyError("usage", "Nobody answered.", { cause });
  } finally {
    lines.close();
  }
}
