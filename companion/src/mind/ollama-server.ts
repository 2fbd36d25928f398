import { networkInterfaces } from "node:os";
import { type Message, Ollama, type Tool } from "ollama";
import { contextTokens, exposureProbeMs, maxExposureProbes } from "./limits.ts";
import type {
  ModelMessage,
  ModelPiece,
  ModelRequest,
  ModelServer,
  ModelTool,
} from "./model-server.ts";
import { createStrictFetch } from "./strict-fetch.ts";

function toMessage({ role, content, toolCalls, toolName }: ModelMessage): Message {
  return {
    role,
    content,
    ...(toolName === undefined ? {} : { tool_name: toolName }),
    ...(toolCalls === undefined
      ? {}
      : {
          tool_calls: toolCalls.map(({ name, input }) => ({
            function: { name, arguments: { ...input } },
          })),
        }),
  };
}

function toTool({ name, description, fields }: ModelTool): Tool {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([field, meaning]) => [
      field,
      { type: "string", description: meaning },
    ]),
  );
  const parameters = { type: "object", required: Object.keys(fields), properties };
  return { type: "function", function: { name, description, parameters } };
}

/** A tool's input as texts only; what has another form becomes its JSON, for the gate to judge. */
function toInput(given: unknown): Record<string, string> {
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).map(([field, value]) => [
      field,
      typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
    ]),
  );
}

/** What one line of the stream holds; a server that sends other forms gets no say. */
function* piecesOf(message: Message | undefined): Generator<ModelPiece> {
  if (message === undefined) throw new TypeError("A line of the answer holds no message.");
  if (typeof message.content === "string" && message.content !== "") {
    yield { type: "text", text: message.content };
  }
  for (const call of Array.isArray(message.tool_calls) ? message.tool_calls : []) {
    const { name, arguments: input } = call.function;
    yield { type: "tool", name: String(name), input: toInput(input) };
  }
}

async function answersAt(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(exposureProbeMs)]);
    return (await fetch(url, { signal: within, redirect: "error" })).ok;
  } catch {
    return false;
  }
}

/** Ollama over HTTP with its own client library; each call has a client that dies with its signal. */
export function createOllamaServer(address: string, model: string): ModelServer {
  const client = (signal: AbortSignal, lines: boolean) =>
    new Ollama({ host: address, fetch: createStrictFetch(signal, lines) });
  return {
    address,
    model,
    version: async (signal) => String((await client(signal, false).version()).version),
    async models(signal) {
      const { models } = await client(signal, false).list();
      return models.filter((entry) => !("remote_host" in entry)).map(({ name }) => name);
    },
    async exposedAt(signal) {
      const { port } = new URL(address);
      const others = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ internal, address: ip }) => !internal && !ip.startsWith("fe80"))
        .map(({ family, address: ip }) => (family === "IPv6" ? `[${ip}]` : ip))
        .slice(0, maxExposureProbes);
      for (const ip of others) {
        if (await answersAt(`http://${ip}:${port}/api/version`, signal)) return ip;
      }
      return null;
    },
    async load(signal) {
      // A request without a prompt only loads the model.
      const options = { num_ctx: contextTokens };
      const request = { model, prompt: "", stream: true, options } as const;
      for await (const { done } of await client(signal, true).generate(request)) {
        if (done) return;
      }
    },
    async *chat(request: ModelRequest, signal: AbortSignal) {
      const { messages, format, tools, maxTokens } = request;
      const stream = await client(signal, true).chat({
        model,
        stream: true,
        think: false,
        messages: messages.map(toMessage),
        options: { num_ctx: contextTokens, num_predict: maxTokens, temperature: 0, seed: 1 },
        ...(format === undefined ? {} : { format }),
        ...(tools === undefined ? {} : { tools: tools.map(toTool) }),
      });
      for await (const { message } of stream) yield* piecesOf(message);
    },
  };
}
