import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { createIds } from "@timmy/shared/ids";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { openAgentStore } from "../agent-store.ts";

/** Writes without end from a number on, and says a number once everything of it is acknowledged. */
const [path = "", from = "0"] = process.argv.slice(2);
const { clock } = createSystemTime();
const makeId = createIds(clock, createRandom(process.pid));
const store = openAgentStore(path, { clock, makeId, randomBytes });
for (let k = Number(from); ; k++) {
  store.remember(`fact ${k}`, `value${k}`, "owner");
  const content = `episode word${k}`;
  store.note({ content, importance: 0.5, tags: [], from: "agent", who: "" });
  store.effects.append("acted", { k });
  if (k % 3 === 2) store.forget(store.recall(`fact ${k - 2}`)?.id ?? "");
  writeSync(1, `${k}\n`);
}
