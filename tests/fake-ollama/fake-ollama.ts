import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerChat } from "./chat-route.ts";
import { answerEmbed } from "./embed-route.ts";
import type { FakeOllamaState } from "./faults.ts";

export interface FakeRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A FAKE: it speaks Ollama's routes on loopback and holds no model; its answers are scripted. */
export interface FakeOllama {
  readonly url: string;
  readonly state: FakeOllamaState;
  /** Everything that was asked, oldest first. */
  readonly requests: readonly FakeRequest[];
  /** Streams that are open now. */
  open(): number;
  /** Closes the port, as when the process died, and opens the same one again. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  stop(): Promise<void>;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "x-fake": "ollama" }).end(text);
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function pull(response: ServerResponse, state: FakeOllamaState, name: string): void {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const line = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
  line({ status: "pulling manifest" });
  line({ status: "pulling 000000000000", digest: "sha256:0", total: 1000, completed: 10 });
  // A slow pull says how far it is and then nothing more.
  if (state.slowPull) return;
  state.models.push(name);
  line({ status: "success" });
  response.end();
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeOllamaState,
  requests: FakeRequest[],
): Promise<void> {
  const path = request.url ?? "";
  const body = await readBody(request);
  requests.push({ path, body });
  const model = String(body["model"] ?? body["name"] ?? "");
  const lacks = !state.models.includes(model);
  const missing = { error: `model '${model}' not found` };
  switch (`${request.method} ${path}`) {
    case "GET /api/version":
      return json(response, 200, { version: state.version, fake: true });
    case "GET /api/tags":
      return json(response, 200, {
        models: state.models.map((name) => ({
          ...{ name, model: name, size: 1, details: {} },
          digest: state.digest,
        })),
      });
    case "POST /api/show":
      return lacks
        ? json(response, 404, missing)
        : json(response, 200, { details: {}, capabilities: ["completion", "tools"] });
    case "POST /api/embed":
      return lacks ? json(response, 404, missing) : answerEmbed(body, response, state);
    case "POST /api/pull":
      return pull(response, state, model);
    case "POST /api/chat":
    case "POST /api/generate":
      return lacks ? json(response, 404, missing) : answerChat(path, body, response, state);
    default:
      return json(response, 404, { error: "404 page not found" });
  }
}

export async function startFakeOllama(given: Partial<FakeOllamaState> = {}): Promise<FakeOllama> {
  const state: FakeOllamaState = {
    fault: "none",
    embedFault: "none",
    version: "0.20.0",
    digest: "0a1b2c",
    models: ["fake:1b"],
    slowPull: false,
    slowLoad: false,
    answer: JSON.stringify({ verdict: "plan", steps: [] }),
    tools: [],
    ...given,
  };
  const requests: FakeRequest[] = [];
  const responses = new Set<ServerResponse>();
  let port = 0;
  async function listen(): Promise<Server> {
    const made = createServer((request, response) => {
      responses.add(response);
      response.once("close", () => responses.delete(response));
      if (state.fault === "refused") return void request.socket.destroy();
      route(request, response, state, requests).catch(() => response.destroy());
    });
    made.listen(port, "127.0.0.1");
    await once(made, "listening");
    ({ port } = made.address() as AddressInfo);
    return made;
  }
  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
  let server = await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    requests,
    open: () => responses.size,
    kill: close,
    async revive() {
      server = await listen();
    },
    stop: close,
  };
}
