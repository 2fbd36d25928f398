import { createInterface } from "node:readline/promises";

/** Asks on standard error, so that the answer of a command stays alone on standard output. */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
