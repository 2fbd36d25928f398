import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { openAgentStore } from "@timmy/memory/agent-store";
import type { Effect, EffectLog } from "@timmy/shared/agent/effect-log";
import { createMemoryTools } from "@timmy/shared/agent/memory-tools";
import { TimmyError } from "@timmy/shared/errors";
import { openPolicy } from "@timmy/shared/policy/policy-limits";
import { wordsOfEffect } from "@timmy/shared/state/effect-words";
import { plainText } from "@timmy/shared/state/refusal";
import { loadWorld } from "@timmy/sim/world";
import { createMachinePorts, jsonText, storePath } from "./state-parts.ts";

const logHelp = `timmy log: what the agent perceived, decided, did, and what came of it.

  timmy log show [--last 20]   the newest entries
  timmy log verify             every hash, from the first entry on; exit code 1 when one is wrong
  timmy log replay             recorded words through the rules and recorded proposals through the
                               gate again; exit code 1 when another action comes out

  --data DIR        the folder of this Timmy (default .timmy)
  --world NAME      replay: the house whose rooms were meant (default house_001)
  --last N          how many entries, 1 to 1000
  --json            one JSON object on stdout instead of sentences

Example: timmy log replay --world house_001 --json
Exit codes: 0 in order, 1 not, 2 the command line was not understood.
`;

const pageEntries = 1000;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        data: { type: "string", default: ".timmy" },
        world: { type: "string", default: "house_001" },
        last: { type: "string", default: "20" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

const print = (text: string) => process.stdout.write(`${text}\n`);

function* entriesOf(log: EffectLog, from = 0): Generator<Effect> {
  for (let seq = from; ; ) {
    const page = log.after(seq, pageEntries);
    const last = page.at(-1);
    if (last === undefined) return;
    yield* page;
    seq = last.seq;
  }
}

function lineOf(effect: Effect): string {
  const { seq, atMs, kind, body } = effect;
  const source = kind === "decided" ? ` (${String(body["source"])})` : "";
  // What a stranger said must not move the cursor of whoever reads it.
  const shown = wordsOfEffect(effect).slice(0, 80);
  return plainText(
    `${String(seq).padStart(6)}  ${new Date(atMs).toISOString()}  ${kind}${source}  ${shown}`,
  );
}

function show(log: EffectLog, last: number, json: boolean): number {
  const entries = [...entriesOf(log, Math.max(0, log.head().seq - last))];
  const lines = entries.length === 0 ? ["Nothing was done yet."] : entries.map(lineOf);
  print(json ? jsonText({ ok: true, entries }) : lines.join("\n"));
  return 0;
}

function verify(log: EffectLog, json: boolean): number {
  const wrong = log.verify();
  const head = log.head();
  if (json) print(JSON.stringify({ ok: wrong === null, head, wrong }));
  else print(wrong === null ? `All ${head.seq} entries fit: ${head.hash}` : wrong.sentence);
  return wrong === null ? 0 : 1;
}

async function replay(
  store: ReturnType<typeof openAgentStore>,
  worldName: string,
  json: boolean,
): Promise<number> {
  const { replayLog } = await import("@timmy/shared/state/effect-replay");
  const { id: agentId, epoch } = store.agent();
  const { rooms } = loadWorld(worldName).plan;
  const tools = createMemoryTools(store).map(({ rule }) => rule);
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const world = { agentId, epoch, rooms, tools, policy: openPolicy, sha256 };
  const found = replayLog([...entriesOf(store.effects)], world);
  const other = found.filter(({ outcome }) => outcome.startsWith("other"));
  const same = found.filter(({ outcome }) => outcome === "same").length;
  const unjudged = found.filter(({ outcome }) => outcome === "unjudged");
  const counts = { decisions: found.length, same };
  if (json) print(jsonText({ ok: other.length === 0, ...counts, other, unjudged }));
  else {
    for (const { seq, heard, sentence } of other)
      print(plainText(`${seq}  "${heard}"  ${sentence}`));
    const rest = unjudged.length;
    const why = rest === 0 ? "" : " (a stop, or not possible in that moment: no gate was asked)";
    const all = `${same} the same, ${other.length} not, ${rest} not judged${why}`;
    print(`${found.length} decisions: ${all}.`);
  }
  return other.length === 0 ? 0 : 1;
}

/** `timmy log`: answers the exit code. */
export async function log(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [command = "help", ...rest] = positionals;
  if (values.help || command === "help") {
    process.stdout.write(logHelp);
    return 0;
  }
  if (!/^\d{1,4}$/.test(values.last) || Number(values.last) < 1 || Number(values.last) > 1000) {
    throw new TimmyError("usage", `--last wants 1 to 1000, not "${values.last}".`);
  }
  if (!["show", "verify", "replay"].includes(command)) {
    throw new TimmyError("usage", `There is no command "log ${command}".`);
  }
  if (rest.length > 0) throw new TimmyError("usage", `"log ${command}" wants no other word.`);
  // For reading only: the agent may be living in another process.
  const store = openAgentStore(storePath(values.data), createMachinePorts(), { mode: "read" });
  try {
    if (command === "verify") return verify(store.effects, values.json);
    if (command === "show") return show(store.effects, Number(values.last), values.json);
    return await replay(store, values.world, values.json);
  } finally {
    store.stop();
  }
}
