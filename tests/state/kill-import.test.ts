import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import {
  createTicking,
  exportBytes,
  openTestStore,
  teach,
} from "@timmy/memory/testing/state-agent";
import { createRandom } from "@timmy/shared/ports/random";
import { afterAll, beforeAll, expect, it } from "vitest";

const child = fileURLToPath(new URL("./import-child-main.ts", import.meta.url));
const passphrase = "four words of one";
const secret = { kind: "passphrase", passphrase } as const;
/** `TIMMY_KILLS=200` is the promised number; fewer every day. */
const kills = Number(process.env["TIMMY_KILLS"] ?? 12);
let folder = "";
let newId = "";
let oldId = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "timmy-kill-"));
  const { store } = openTestStore(3);
  teach(store, 300, 3, 2000);
  newId = store.agent().id;
  writeFileSync(join(folder, "new.timmy.age"), await exportBytes(store, { secret }));
  const { store: old } = openTestStore(4, join(folder, "old.sqlite"));
  teach(old, 100);
  oldId = old.agent().id;
  old.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the child and kills it at its n-th word; answers how many words it said. */
function runChild(path: string, killAt: number): Promise<number> {
  const state = join(folder, "new.timmy.age");
  const started = spawn(process.execPath, [child, path, state, passphrase], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let words = 0;
  started.stdout.setEncoding("utf8").on("data", (text: string) => {
    words += text.split("\n").length - 1;
    if (words >= killAt) started.kill("SIGKILL");
  });
  return new Promise((done) => started.once("close", () => done(words)));
}

function look(path: string) {
  const ports = createSeededPorts(createTicking(), createRandom(5));
  const store = openAgentStore(path, ports);
  try {
    const { id } = store.agent();
    store.sign(new Uint8Array(4));
    return {
      id,
      ...store.counts(),
      log: store.effects.verify(),
      found: store.search("value").length,
    };
  } finally {
    store.stop();
  }
}

it(
  `leaves the old agent whole or the new one after kill -9 at ${kills} points of an import`,
  async () => {
    const files = ["", "-wal", "-shm", ".key"];
    const path = join(folder, "agent.sqlite");
    const renew = () => {
      for (const end of [...files, ".before"]) rmSync(`${path}${end}`, { force: true });
      copyFileSync(join(folder, "old.sqlite"), path);
      copyFileSync(join(folder, "old.sqlite.key"), `${path}.key`);
    };
    renew();
    const steps = await runChild(path, Number.POSITIVE_INFINITY);
    const whole = { log: null, found: 5 };
    const asNew = { id: newId, facts: 150, episodes: 150, blobs: 3, ...whole };
    const asOld = { id: oldId, facts: 50, episodes: 50, blobs: 2, ...whole };
    expect(look(path)).toEqual(asNew);
    const seen = new Set<string>();
    for (let n = 0; n < kills; n++) {
      renew();
      await runChild(path, 1 + Math.round((n / kills) * steps));
      const found = look(path);
      seen.add(found.id);
      expect(found, `killed at word ${Math.round((n / kills) * steps)} of ${steps}`).toEqual(
        found.id === newId ? asNew : asOld,
      );
    }
    expect(seen.has(oldId)).toBe(true);
  },
  60_000 + kills * 8_000,
);
