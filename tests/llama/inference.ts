import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createRandom } from "@timmy/shared/ports/random";
import { createRandomGguf } from "./random-gguf.ts";

export interface InferenceJob {
  readonly id: number;
  readonly prompt: string;
  /** A JSON Schema for the grammar; free text without one. */
  readonly format?: object;
  readonly maxTokens: number;
  readonly seed: number;
  readonly temperature: number;
}

export interface InferenceResult {
  readonly texts: ReadonlyMap<number, string>;
  /** How the process ended: 0 is well, null by a signal or because it took too long. */
  readonly exitCode: number | null;
  readonly said: string;
}

/** Questions that are answered side by side. */
const lanes = 8;
const startMs = 60_000;
const jobMs = 150;

/** Has a model of random weights answer all jobs, in a process of its own. */
export async function runInference(
  entry: string,
  jobs: readonly InferenceJob[],
  options: { readonly seed: number; readonly words: readonly string[] },
): Promise<InferenceResult> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-llama-"));
  const modelPath = join(folder, "insane.gguf");
  try {
    const random = createRandom(options.seed).stream("weights");
    writeFileSync(modelPath, createRandomGguf(random, options.words));
    const program = join(import.meta.dirname, "inference-main.ts");
    const child = spawn(process.execPath, [program, entry, modelPath, String(lanes)], {
      stdio: ["pipe", "pipe", "pipe"],
      timeout: startMs + jobs.length * jobMs,
      killSignal: "SIGKILL",
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
    });
    // A process that died does not read on; its exit code says so.
    child.stdin.on("error", () => {});
    const closed = once(child, "close");
    child.stdin.end(jobs.map((job) => `${JSON.stringify(job)}\n`).join(""));
    const texts = new Map<number, string>();
    for await (const line of createInterface({ input: child.stdout })) {
      const { id, text } = JSON.parse(line) as { id: number; text: string };
      texts.set(id, text);
    }
    const [exitCode] = (await closed) as [number | null];
    return { texts, exitCode, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
