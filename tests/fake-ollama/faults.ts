/** How the fake answers /api/chat and /api/generate; it does what the real server was seen to do. */
export type ChatFault =
  | "none"
  | "refused"
  | "split"
  | "error-mid-stream"
  | "silent"
  | "stall"
  | "reset"
  | "missing-model"
  | "overloaded"
  | "bad-json"
  | "bad-line"
  | "no-object"
  | "wrong-schema"
  | "wrong-once"
  | "not-a-number"
  | "endless"
  | "endless-line"
  | "html-error"
  | "no-end"
  | "bad-utf8";

/** How it answers /api/embed, when `fault` is none. */
export type EmbedFault =
  | "none"
  | "silent"
  | "not-a-number"
  | "endless-number"
  | "wrong-length"
  | "uneven"
  | "too-few"
  | "huge"
  | "no-object";

export interface FakeOllamaState {
  /** What the next requests meet; a test changes it while the server runs. */
  fault: ChatFault;
  embedFault: EmbedFault;
  version: string;
  models: string[];
  /** What the list says of each model's content: another one after a pull. */
  digest: string;
  /** Whether the model is slow to pull or to load. */
  slowPull: boolean;
  slowLoad: boolean;
  /** The answer of a plan that goes well, as text. */
  answer: string;
  /** Tools that a chat calls before it answers. */
  tools: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[];
}
