import { readFileSync } from "node:fs";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { importState } from "@timmy/memory/state/import-state";
import { createSource } from "@timmy/memory/state/state-file";
import { createTicking } from "@timmy/memory/testing/state-agent";
import { createRandom } from "@timmy/shared/ports/random";

/** Imports a state over the agent of a store, and says each step: its parent kills it at one of them. */
const [storePath = "", statePath = "", passphrase = ""] = process.argv.slice(2);
const ports = createSeededPorts(createTicking(), createRandom(9));
const store = openAgentStore(storePath, ports);
const say = (step: string) => process.stdout.write(`${step}\n`);
const bytes = readFileSync(statePath);
const piece = 512;
const source = createSource(
  async function* () {
    for (let at = 0; at < bytes.length; at += piece) {
      say("step");
      yield bytes.subarray(at, at + piece);
    }
  },
  { kind: "passphrase", passphrase },
);
say("begin");
const wish = { as: "same", replace: true, node: "laptop", keepAt: `${storePath}.before` } as const;
const answer = await importState(source, store, wish, { ...ports, clock: createTicking() });
say(answer.ok ? "done" : answer.sentence);
store.stop();
say("closed");
