import { randomBytes } from "node:crypto";
import { type Dirent, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type OpenAgentStore, openAgentStore } from "@timmy/memory/agent-store";
import { checkTarget } from "@timmy/memory/state/state-file";
import type { StateSecret } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { plainText, type StateRefusal } from "@timmy/shared/state/refusal";
import { askNewSecret, askSecret, type Prompt, terminalPrompt } from "./lnd-prompt.ts";
import type { StateOptions } from "./state-options.ts";

export const storePath = (folder: string): string => join(folder, "memory.sqlite");

/** What a store takes from this machine. */
export function createMachinePorts() {
  const { clock } = createSystemTime();
  const random = createRandom(randomBytes(4).readUInt32LE());
  return { clock, makeId: createIds(clock, random.stream("memory ids")), randomBytes };
}

/** Opens the agent of a folder; only `make` makes one. Throws `bad-file` and others. */
export function openAgentOf(
  options: Pick<StateOptions, "data" | "node">,
  mode: "read" | "write" | "make",
): OpenAgentStore {
  const path = storePath(options.data);
  if (mode !== "make" && !existsSync(path)) {
    throw new TimmyError("bad-file", `There is no agent in the folder ${options.data}.`);
  }
  mkdirSync(options.data, { recursive: true });
  const ports = createMachinePorts();
  const access = mode === "read" ? "read" : "write";
  return openAgentStore(path, ports, { node: options.node, mode: access });
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new TimmyError("bad-file", `${path} cannot be read: ${why}.`, { cause });
  }
}

/** How the file is encrypted, as the command line says it; undefined when it is not. */
export async function readSecret(
  options: StateOptions,
  use: "seal" | "open",
  prompt?: Prompt,
): Promise<StateSecret | undefined> {
  if (options.recipient !== null) return { kind: "recipient", recipient: options.recipient };
  if (options.identityFile !== null) {
    const identity = readLines(options.identityFile).find((line) =>
      line.startsWith("AGE-SECRET-KEY-"),
    );
    if (identity === undefined) throw new TimmyError("usage", "The file holds no age identity.");
    return { kind: "identity", identity: identity.trim() };
  }
  let passphrase: string | null = null;
  if (options.passphraseFile !== null) passphrase = readLines(options.passphraseFile)[0] ?? "";
  else if (options.ask) {
    const at = prompt ?? terminalPrompt("--passphrase-file");
    const asked = use === "seal" ? askNewSecret("the file", at) : askSecret("Passphrase: ", at);
    passphrase = (await asked).toString("utf8");
  }
  if (passphrase === null) return undefined;
  if (use === "seal" && passphrase.length < 8) {
    throw new TimmyError("usage", "A passphrase has 8 letters or more.");
  }
  return { kind: "passphrase", passphrase };
}

const secretFile = /\.(key|macaroon|secret|pem)$|^(token|session)[^.]*$/;
/** What a body lives from, in whichever folder. */
const livingFile = /\.sqlite(-.*|\..*)?$|^timmy\.pid$/i;

/** Throws `usage` for a name that an agent's own files have, `bad-file` where no file can stand. */
export function checkOut(path: string): void {
  const name = basename(path);
  if (livingFile.test(name) || secretFile.test(name.toLowerCase())) {
    throw new TimmyError("usage", `"${path}" is named like a file that an agent lives from.`);
  }
  checkTarget(path);
}

const secretBytes = 16 * 1024;
const secretFiles = 200;

/** The secrets that lie in a folder, to be looked for in what leaves it. */
export function findSecrets(folder: string, depth = 3): readonly Uint8Array[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const found: Uint8Array[] = [];
  for (const entry of entries.slice(0, secretFiles)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) found.push(...findSecrets(path, depth - 1));
    if (!entry.isFile() || !secretFile.test(entry.name)) continue;
    if (statSync(path).size <= secretBytes) found.push(readFileSync(path));
  }
  return found;
}

/** One line on a terminal that is written over; silent where nobody looks. */
export function createProgress(what: string) {
  const live = process.stderr.isTTY;
  let shown = -1;
  return {
    show(bytes: number): void {
      const mb = Math.floor(bytes / 1e6);
      if (!live || mb === shown) return;
      shown = mb;
      process.stderr.write(`\r${what}: ${mb} MB`);
    },
    end(): void {
      if (live && shown >= 0) process.stderr.write("\r\u001b[K");
    },
  };
}

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON that moves no cursor either: it stands for the same value. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(/\p{C}/gu, (one) => one.split("").map(escaped).join(""));

/** Says what came of it, as a sentence or as JSON; answers the exit code. */
export function answer(options: StateOptions, ok: boolean, json: object, sentence: string): number {
  if (options.json) process.stdout.write(`${jsonText({ ok, ...json })}\n`);
  else {
    const lines = sentence.split("\n").map((line) => `${plainText(line)}\n`);
    (ok ? process.stdout : process.stderr).write(lines.join(""));
  }
  return ok ? 0 : 1;
}

/** Says why a state file was refused. */
export const refused = (options: StateOptions, refusal: StateRefusal): number =>
  answer(options, false, refusal, new TimmyError(refusal.code, refusal.sentence).message);
