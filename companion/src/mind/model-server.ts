/** What a model is asked with; roles as chat models know them. */
export interface ModelMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  /** Of an assistant: the tools that it called. Of a tool: the name of what answers. */
  readonly toolCalls?: readonly ModelToolCall[];
  readonly toolName?: string;
}
export interface ModelToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
}
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** Fields, all of them texts, with what they mean. */
  readonly fields: Readonly<Record<string, string>>;
}
export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  /** A JSON Schema that the answer must fit; free text without one. */
  readonly format?: Readonly<Record<string, unknown>>;
  readonly tools?: readonly ModelTool[];
  readonly maxTokens: number;
}
export type ModelPiece =
  | { readonly type: "text"; readonly text: string }
  | ({ readonly type: "tool" } & ModelToolCall);

/** One model on one local server. Every call ends when its signal does, and rejects on a fault. */
export interface ModelServer {
  readonly address: string;
  readonly model: string;
  version(signal: AbortSignal): Promise<string>;
  /** Models that run on this machine; those that only pass on to a cloud are left out. */
  models(signal: AbortSignal): Promise<readonly string[]>;
  /** An address of this machine other than loopback under which the server answers, or null. */
  exposedAt(signal: AbortSignal): Promise<string | null>;
  /** Brings the model into memory. */
  load(signal: AbortSignal): Promise<void>;
  chat(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPiece>;
}
