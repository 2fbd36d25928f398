import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Prompt } from "./lnd-prompt.ts";
import { readStateOptions } from "./state-options.ts";
import { readSecret } from "./state-parts.ts";

/** A person at a terminal, who answers each question with the next of these. */
function createPerson(answers: string[], isTTY = true) {
  const asked: string[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const write = (text: string) => {
    if (text === "\n") return true;
    asked.push(text);
    queueMicrotask(() => stdin.write(`${answers.shift()}\r`));
    return true;
  };
  return { asked, prompt: { instead: "--passphrase-file", stdin, stderr: { write } } as Prompt };
}
const options = readStateOptions(["export", "--out", "a.age", "--ask"]);
const words = "four random words here";

describe("a passphrase that is asked for", () => {
  it("is asked for twice before a file is encrypted with it, and a typo makes no file", async () => {
    const { asked, prompt } = createPerson([words, words, words, "four radom words here"]);
    const secret = await readSecret(options, "seal", prompt);
    expect(secret).toEqual({ kind: "passphrase", passphrase: words });
    expect(asked).toEqual(["A passphrase for the file (8 letters or more): ", "Once more: "]);
    const typo = readSecret(options, "seal", prompt);
    await expect(typo).rejects.toMatchObject({ details: expect.stringMatching(/not the same/) });
  });
  it("is asked for once to open a file", async () => {
    const { asked, prompt } = createPerson([words]);
    expect(await readSecret(options, "open", prompt)).toMatchObject({ passphrase: words });
    expect(asked).toEqual(["Passphrase: "]);
  });
  it("names the option of its own command where there is no terminal", async () => {
    const { prompt } = createPerson([], false);
    const details = expect.stringMatching(/use --passphrase-file\.$/);
    await expect(readSecret(options, "seal", prompt)).rejects.toMatchObject({ details });
  });
});
