import { randomBytes } from "node:crypto";
import { copyFileSync } from "node:fs";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { expect, it } from "vitest";
import { openAgentStore } from "../agent-store.ts";
import { exportState } from "../state/export-state.ts";
import { keepCopy, setRecord } from "../store-sections.ts";
import { useStoreFolder } from "../testing/store-folder.ts";
import { createArrival } from "./arrival.ts";
import { keepAnswer } from "./departure.ts";
import { handoverNote } from "./handover.ts";
import { createMemorySpool } from "./spool.ts";

const folder = useStoreFolder();
const clock = { wallMs: () => 1 };

/** Moves the agent of `from` into the body "robot" on `store`; answers where a copy was kept. */
async function arrive(from: AgentStore, store: AgentStore): Promise<readonly string[]> {
  const kept: string[] = [];
  const keepAt = () => {
    kept.push(folder.path("kept.sqlite"));
    return folder.path("kept.sqlite");
  };
  const arrival = createArrival({
    ...{ store, node: "robot", clock, randomBytes, capabilities: [], keepAt, onChange() {} },
    makeSpool: createMemorySpool,
  });
  const { id: agent, name, epoch } = from.agent();
  const pieces: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void pieces.push(bytes) };
  const how = { mode: "move", channel: "node", to: "robot", exporter: "test" } as const;
  const { hash } = await exportState(from, sink, how, { clock });
  const bytes = Buffer.concat(pieces).toString("base64");
  const { signal } = new AbortController();
  const context = { caller: "stray", signal };
  const transfer = "t";
  const offered = arrival["body.offer"]?.({ transfer, agent, name, epoch }, context);
  expect(offered).toMatchObject({ ok: true });
  await arrival["body.piece"]?.({ transfer, n: 0, bytes }, context);
  const taken = await arrival["body.take"]?.({ transfer, hash }, context);
  expect(taken).toMatchObject({ ok: true, value: { epoch: epoch + 1 } });
  arrival.stop();
  return kept;
}
/** A body with an agent, and a backup of it which lives in epoch 2. */
function openBoth() {
  const robot = folder.open("robot.sqlite", { node: "robot" });
  robot.remember("tea", "in the kitchen", "owner");
  keepCopy(robot, folder.path("stray.sqlite"));
  copyFileSync(folder.path("robot.sqlite.key"), folder.path("stray.sqlite.key"));
  robot.remember("a year", "of memories after the backup", "owner");
  const stray = folder.open("stray.sqlite");
  const line = { atMs: 1, what: "restored", node: "stray", epoch: 2, note: "" } as const;
  setRecord(stray, { epoch: 2 }, line);
  return { robot, stray };
}

it("keeps what an agent remembers here that was told that it lives elsewhere, when it comes home", async () => {
  const { robot, stray } = openBoth();
  const note = "told by a claim of epoch 2";
  const line = { atMs: 1, what: "moved", node: "stray", epoch: 1, note } as const;
  setRecord(robot, { status: "departed", departedTo: "stray" }, line);
  const [path = ""] = await arrive(stray, robot);
  expect(robot.recall("a year")).toBeNull();
  const ports = { clock, makeId: () => "", randomBytes };
  const kept = openAgentStore(path, ports, { keyFile: folder.path("robot.sqlite.key") });
  expect(kept.recall("a year")).not.toBeNull();
  kept.stop();
});
it.each([
  ["nothing of what went on with the agent to a body that lived", true, 0],
  ["what was handed over to a body that never answered", false, 1],
])("keeps %s", async (_what, answered, copies) => {
  const { robot, stray } = openBoth();
  const note = handoverNote("0".repeat(64));
  const line = { atMs: 1, what: "moved", node: "attic", epoch: 2, note } as const;
  setRecord(robot, { status: "departed", departedTo: "attic" }, line);
  if (answered) keepAnswer(robot);
  expect(await arrive(stray, robot)).toHaveLength(copies);
});
