import { createInterface } from "node:readline/promises";
import { type Readable, Writable } from "node:stream";
import { TimmyError } from "@timmy/shared/errors";

/** Swallows what readline would print of the letters. */
const silence = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Where a person is asked, and which option stands for his answer where nobody is there. */
export interface Prompt {
  readonly instead: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Pick<Writable, "write">;
}
export const terminalPrompt = (instead: string): Prompt => ({
  instead,
  stdin: process.stdin,
  stderr: process.stderr,
});

/** Asks on the terminal without an echo. Throws `usage` where nobody could answer. */
export async function askSecret(
  question: string,
  prompt = terminalPrompt("--key-file"),
): Promise<Buffer> {
  const { instead, stdin, stderr } = prompt;
  if (!stdin.isTTY) {
    throw new TimmyError("usage", `There is no terminal to ask for a passphrase: use ${instead}.`);
  }
  stderr.write(question);
  const terminal = createInterface({ input: stdin, output: silence, terminal: true });
  const aborted = new AbortController();
  terminal.on("SIGINT", () => aborted.abort());
  try {
    return Buffer.from(await terminal.question("", { signal: aborted.signal }), "utf8");
  } catch {
    throw new TimmyError("usage", "No passphrase was given.");
  } finally {
    terminal.close();
    stderr.write("\n");
  }
}

/** The same twice, because a mistyped passphrase would lock its owner out. */
export async function askNewSecret(
  what = "the vault",
  prompt = terminalPrompt("--key-file"),
): Promise<Buffer> {
  const first = await askSecret(`A passphrase for ${what} (8 letters or more): `, prompt);
  const second = await askSecret("Once more: ", prompt);
  const same = first.equals(second);
  second.fill(0);
  if (same) return first;
  first.fill(0);
  throw new TimmyError("usage", "The two passphrases are not the same.");
}
