import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { InferenceJob } from "./inference.ts";

/** What is used of node-llama-cpp 3.22, which the workspace does not hold. */
interface Llama {
  loadModel(options: object): Promise<{
    createContext(options: object): Promise<{ getSequence(): Sequence }>;
  }>;
  createGrammarForJsonSchema(schema: object): Promise<object>;
}
interface Sequence {
  clearHistory(): Promise<void>;
}
interface Module {
  getLlama(options: object): Promise<Llama>;
  LlamaCompletion: new (options: {
    contextSequence: Sequence;
  }) => {
    generateCompletion(prompt: string, options: object): Promise<string>;
  };
}

/**
 * Real inference in a process of its own, so that a crash of native code is seen as one. Reads jobs
 * as lines of JSON, answers {id, text} for each, and ends when its input does.
 */
const [entry = "", modelPath = "", lanes = "4"] = process.argv.slice(2);
const { getLlama, LlamaCompletion } = (await import(pathToFileURL(entry).href)) as Module;
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: "error" });
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const context = await model.createContext({
  contextSize: 1024,
  sequences: Number(lanes),
  threads: 1,
});
const grammars = new Map<string, object>();
async function grammarOf(format: object): Promise<object> {
  const key = JSON.stringify(format);
  const found = grammars.get(key) ?? (await llama.createGrammarForJsonSchema(format));
  grammars.set(key, found);
  return found;
}

const jobs = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function work(contextSequence: Sequence): Promise<void> {
  const completion = new LlamaCompletion({ contextSequence });
  for (let line = await jobs.next(); line.done !== true; line = await jobs.next()) {
    const job = JSON.parse(line.value) as InferenceJob;
    const { id, prompt, format, maxTokens, seed, temperature } = job;
    await contextSequence.clearHistory();
    const text = await completion.generateCompletion(prompt, {
      maxTokens,
      seed,
      temperature,
      ...(format === undefined ? {} : { grammar: await grammarOf(format) }),
    });
    process.stdout.write(`${JSON.stringify({ id, text })}\n`);
  }
}
const sequences = Array.from({ length: Number(lanes) }, () => context.getSequence());
await Promise.all(sequences.map(work));
process.exit(0);
