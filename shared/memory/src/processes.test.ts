import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import type { OpenAgentStore } from "./agent-store.ts";
import { internalsOf } from "./store-internals.ts";
import { useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();
const writer = join(import.meta.dirname, "testing/writer-main.ts");

/** Lets another process write from `from` on; kills it without warning at the end. */
async function whileWriting(
  from: number,
  onWritten: (k: number) => "go on" | "kill",
): Promise<number> {
  const child = spawn(process.execPath, [writer, folder.path(), String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  let last = from - 1;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (!child.killed && onWritten(last) === "kill") child.kill("SIGKILL");
    }
  } finally {
    child.kill("SIGKILL");
    await exit;
  }
  expect(child.signalCode).toBe("SIGKILL");
  return last;
}

/** Every number up to `last` was acknowledged; each third one's first fact was forgotten again. */
function expectAll(store: OpenAgentStore, last: number): void {
  for (let k = 0; k <= last; k++) {
    const forgotten = k % 3 === 0 && k + 2 <= last;
    if (forgotten) expect(store.recall(`fact ${k}`), `fact ${k}`).toBeNull();
    else if (k % 3 !== 0) expect(store.recall(`fact ${k}`)?.value).toBe(`value${k}`);
    expect(store.search(`word${k}`)[0]?.text, `word${k}`).toBe(`episode word${k}`);
  }
}

describe("a store whose process is killed while it writes", () => {
  it("keeps all that was acknowledged, over and over", async () => {
    const seed = 20;
    const random = createRandom(seed);
    let next = 0;
    let id = "";
    for (let round = 0; round < 6; round++) {
      const killAt = next + Math.floor(random.uniform() * 25);
      const last = await whileWriting(next, (k) => (k >= killAt ? "kill" : "go on"));
      const store = folder.open();
      expect(store.locked).toBeNull();
      if (id !== "") expect(store.agent().id).toBe(id);
      id = store.agent().id;
      expect(store.effects.verify(), `seed ${seed}, round ${round}`).toBeNull();
      expectAll(store, last);
      const { db } = internalsOf(store).context;
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
      const rows = db.prepare("SELECT count(*) FROM memories").pluck().get();
      expect(store.counts().facts + store.counts().episodes).toBe(rows);
      store.stop();
      // What was under way at the kill may be there or not: the next one says it again.
      next = last + 1;
    }
  });
  it("starts after a first start that was cut off at any step", () => {
    writeFileSync(folder.path("memory.sqlite.key.new"), "half a k");
    writeFileSync(folder.path(), "");
    const store = folder.open();
    expect(store.locked).toBeNull();
    store.stop();
    expect(folder.open().locked).toBeNull();
  });
});

describe("readers beside a writer in another process", () => {
  it("see whole and growing memories, and never an error", async () => {
    folder.open().stop();
    const readers = [1, 2, 3].map(() => folder.open("memory.sqlite", { mode: "read" }));
    const seen = readers.map(() => 0);
    let reads = 0;
    await whileWriting(0, (k) => {
      for (const [index, reader] of readers.entries()) {
        expect(reader.search(`word${k}`)[0]?.text).toBe(`episode word${k}`);
        expect(reader.effects.verify()).toBeNull();
        expect(reader.recall(`fact ${k}`)).not.toBeUndefined();
        const { episodes } = reader.counts();
        expect(episodes).toBeGreaterThanOrEqual(Math.max(k, seen[index] ?? 0));
        seen[index] = episodes;
        reads++;
      }
      return k >= 60 ? "kill" : "go on";
    });
    expect(reads).toBeGreaterThan(100);
  });
});
