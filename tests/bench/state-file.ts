import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importState } from "@timmy/memory/state/import-state";
import { createSource } from "@timmy/memory/state/state-file";
import { verifyState } from "@timmy/memory/state/verify-state";
import { internalsOf } from "@timmy/memory/store-internals";
import {
  createTicking,
  exportBytes,
  openTestStore,
  teach,
} from "@timmy/memory/testing/state-agent";
import type { BenchPart } from "./part.ts";

const memories = 100_000;
const blobs = 200;
const targetSeconds = 10;
const pieceBytes = 64 * 1024;

/** Seconds of the wall and of the processor; on a machine that others use they differ. */
async function timed<R>(run: () => Promise<R>) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = await run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { value, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** 100,000 memories and 200 blobs on disk: out, verified, in, and out again to the same bytes. */
export const stateFile: BenchPart = async () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  try {
    const { store } = openTestStore(1, join(folder, "a.sqlite"));
    internalsOf(store).context.write(() => teach(store, memories, blobs, 20_000));
    const out = await timed(() => exportBytes(store, { channel: "node" }));
    const file = out.value;
    const source = createSource(async function* () {
      for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
    });
    const checked = await timed(() => verifyState(source, { keyAllowed: true }));
    const { store: other, ports } = openTestStore(2, join(folder, "b.sqlite"));
    const wish = { as: "same", replace: false, node: "bench", keyAllowed: true } as const;
    const taken = await timed(() =>
      importState(source, other, wish, { ...ports, clock: createTicking() }),
    );
    const again = await exportBytes(other, { channel: "node" });
    store.stop();
    other.stop();
    const equal = again.equals(file) && checked.value.ok && taken.value.ok;
    const worst = Math.max(out.seconds, taken.seconds);
    const figures = {
      memories,
      blobs,
      megabytes: file.length / 1e6,
      export_s: out.seconds,
      export_cpu_s: out.cpuSeconds,
      verify_s: checked.seconds,
      import_s: taken.seconds,
      import_cpu_s: taken.cpuSeconds,
      byte_equal: equal ? 1 : 0,
    };
    const s = (seconds: number) => `${seconds.toFixed(1)} s`;
    const sentence =
      `state file: ${memories} memories and ${blobs} blobs out in ${s(out.seconds)} ` +
      `(${s(out.cpuSeconds)} of processor), in, with its check, in ${s(taken.seconds)} ` +
      `(${s(taken.cpuSeconds)}), ${equal ? "byte-equal" : "NOT EQUAL"} (target ${targetSeconds} s)`;
    return { name: "state_file", figures, sentence, pass: equal && worst <= targetSeconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
