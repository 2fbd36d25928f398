import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { TimmyError } from "@timmy/shared/errors";

/** Swallows what readline would print of the letters. */
const silence = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks on the terminal without an echo. Throws `usage` where nobody could answer. */
export async function askSecret(question: string): Promise<Buffer> {
  if (!process.stdin.isTTY) {
    throw new TimmyError("usage", "There is no terminal to ask for a passphrase: use --key-file.");
  }
  process.stderr.write(question);
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true });
  const aborted = new AbortController();
  terminal.on("SIGINT", () => aborted.abort());
  try {
    return Buffer.from(await terminal.question("", { signal: aborted.signal }), "utf8");
  } catch {
    throw new TimmyError("usage", "No passphrase was given.");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}

/** The same twice, because a mistyped passphrase would lock its owner out. */
export async function askNewSecret(): Promise<Buffer> {
  const first = await askSecret("A passphrase for the vault (8 letters or more): ");
  const second = await askSecret("Once more: ");
  const same = first.equals(second);
  second.fill(0);
  if (same) return first;
  first.fill(0);
  throw new TimmyError("usage", "The two passphrases are not the same.");
}
