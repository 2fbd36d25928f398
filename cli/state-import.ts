import { existsSync, readFileSync, statSync } from "node:fs";
import { type ForeignMemory, takeForeign } from "@timmy/memory/state/foreign-memory";
import { judgeImport } from "@timmy/memory/state/import-judge";
import { takeVerified } from "@timmy/memory/state/import-state";
import { readLetta } from "@timmy/memory/state/letta";
import { foreignFileBytes } from "@timmy/memory/state/limits";
import { readOpenClaw } from "@timmy/memory/state/openclaw";
import { openStateFile } from "@timmy/memory/state/state-file";
import { verifyState } from "@timmy/memory/state/verify-state";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { plainText } from "@timmy/shared/state/refusal";
import { takeFolder } from "./data-folder.ts";
import type { StateOptions } from "./state-options.ts";
import {
  answer,
  createMachinePorts,
  createProgress,
  openAgentOf,
  readSecret,
  refused,
  storePath,
} from "./state-parts.ts";

interface Foreign {
  readonly program: "letta" | "openclaw";
  readonly memory: ForeignMemory;
}

/** A Letta file goes by its name or by what it holds; null when it is none. Throws `bad-file`. */
function readLettaFile(path: string): Foreign | null {
  const named = path.toLowerCase().endsWith(".af");
  const not = (code: "bad-file" | "too-large", why: string, cause?: unknown): null => {
    if (named) throw new TimmyError(code, `"${path}"${why}.`, { cause });
    return null;
  };
  if (statSync(path).size > foreignFileBytes) return not("too-large", "");
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    return not("bad-file", " is not JSON", cause);
  }
  const memory = readLetta(json);
  return memory === null
    ? not("bad-file", " is no agent file of Letta's")
    : { program: "letta", memory };
}

/** What another program's agent knew, or null when it is none of those that are known. */
function readForeign(path: string): Foreign | null {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch (cause) {
    throw new TimmyError("bad-file", `There is no "${path}".`, { cause });
  }
  if (!folder) return readLettaFile(path);
  const memory = readOpenClaw(path);
  if (memory === null) throw new TimmyError("bad-file", `"${path}" is no OpenClaw workspace.`);
  return { program: "openclaw", memory };
}

const kinds = ["a state file", "another program's agent"] as const;

/** Throws `usage` for what was asked of a file and means nothing for one of its kind. */
function checkFits(options: StateOptions, foreign: boolean): void {
  const ofState = {
    "--as fork": options.as === "fork",
    "--replace": options.replace,
    "--ask": options.ask,
    "--passphrase-file": options.passphraseFile !== null,
    "--identity-file": options.identityFile !== null,
    "--recipient": options.recipient !== null,
  };
  const ofForeign = { "--as-owner": options.asOwner, "--merge": options.merge };
  for (const [name, given] of Object.entries(foreign ? ofState : ofForeign)) {
    const [want, is] = foreign ? kinds : kinds.toReversed();
    if (given) throw new TimmyError("usage", `${name} is for ${want}, and this is ${is}.`);
  }
}

/** Takes the folder and opens the agent in it, which is made when there is none. */
async function withAgent<R>(
  options: StateOptions,
  work: (store: AgentStore) => R | Promise<R>,
): Promise<R> {
  const release = takeFolder(options.data);
  try {
    const store = openAgentOf(options, "make");
    try {
      return await work(store);
    } finally {
      store.stop();
    }
  } finally {
    release();
  }
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function importForeign(options: StateOptions, { program, memory }: Foreign): Promise<number> {
  return withAgent(options, (store) => {
    const taken = takeForeign(store, memory, { ...options, program }, createMachinePorts());
    if (!taken.ok) return refused(options, taken);
    const said = options.asOwner ? "as yours" : "as strangers' words";
    const all = `${counted(taken.facts, "fact")} and ${counted(taken.episodes, "episode")}`;
    const links = taken.leftOut.join(", ");
    const leftOut = links === "" ? "" : ` Left out, for it is a link to elsewhere: ${links}.`;
    return answer(options, true, taken, plainText(`Added ${all} ${said}.${leftOut}`));
  });
}

/** A state file is verified and judged before anything is made for it. */
async function importState(options: StateOptions, path: string): Promise<number> {
  const source = openStateFile(path, await readSecret(options, "open"));
  const progress = createProgress("Importing");
  const state = await verifyState(source, { onProgress: progress.show });
  progress.end();
  if (!state.ok) return refused(options, state);
  if (!existsSync(storePath(options.data))) {
    const judged = judgeImport(state, null, options);
    if (!judged.ok) return refused(options, judged);
  }
  return withAgent(options, async (store) => {
    const keepAt = `${storePath(options.data)}.before-${store.agent().generation}`;
    const onProgress = ({ bytes }: { bytes: number }) => progress.show(bytes);
    const wish = { ...options, keepAt, onProgress };
    const taken = await takeVerified(source, state, store, wish, createMachinePorts());
    progress.end();
    if (!taken.ok) return refused(options, taken);
    const { agent, previous } = taken;
    const kept = previous === null ? "" : ` The one that was here is kept: ${previous}.`;
    const how = taken.as === "fork" ? "is a new agent" : `lives here, in epoch ${agent.epoch}`;
    const able = taken.required.join(", ");
    const needs = able === "" ? "" : ` Where it comes from it could: ${able}.`;
    const sentence = `${agent.name} (${agent.id.slice(0, 16)}) ${how}.${needs}${kept}`;
    return answer(options, true, taken, plainText(sentence));
  });
}

export async function importFile(options: StateOptions): Promise<number> {
  const [path = ""] = options.words;
  const foreign = readForeign(path);
  checkFits(options, foreign !== null);
  return foreign === null ? importState(options, path) : importForeign(options, foreign);
}
