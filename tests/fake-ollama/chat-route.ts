import type { ServerResponse } from "node:http";
import type { ChatFault, FakeOllamaState } from "./faults.ts";

/** Milliseconds between two tokens of an endless answer: five minutes of them come one by one. */
const tokenMs = 5;

const head = { "content-type": "application/x-ndjson", "x-fake": "ollama" };

const wrongs: Partial<Record<ChatFault, string>> = {
  "wrong-schema": '{"verdict":"plan","steps":[{"skill":"fly","place":"moon","phrase":"none"}]}',
  "not-a-number":
    '{"verdict":"plan","steps":[{"skill":"goto","place":15E+716455738031,"phrase":"none"}]}',
};

function bare(response: ServerResponse, fault: ChatFault): boolean {
  switch (fault) {
    case "missing-model":
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"error":"model \\"fake:1b\\" not found, try pulling it first"}');
      return true;
    case "overloaded":
      response.writeHead(503, { "content-type": "application/json" });
      response.end('{"error":"server busy, please try again.  maximum pending requests exceeded"}');
      return true;
    case "html-error":
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
      return true;
    case "silent":
      // Not even a head: the model is said to be loading, for ever.
      return true;
    default:
      return false;
  }
}

/** Writes the whole answer in pieces; "split" cuts between the bytes of one character. */
function writeWhole(response: ServerResponse, lines: readonly string[], split: boolean): void {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  if (!split) return void response.end(bytes);
  const step = (at: number) => {
    if (at >= bytes.length) return void response.end();
    // Up to and with the next byte of a character of several bytes.
    const high = bytes.subarray(at).findIndex((byte) => byte >= 0x80);
    const next = high === -1 ? bytes.length : at + high + 1;
    response.write(bytes.subarray(at, next));
    setImmediate(() => step(next));
  };
  step(0);
}

function breakOff(
  response: ServerResponse,
  fault: ChatFault,
  line: (text: string) => string,
): void {
  switch (fault) {
    case "error-mid-stream":
      response.end('{"error":"an error was encountered while running the model"}\n');
      return;
    case "reset":
      setImmediate(() => response.socket?.resetAndDestroy());
      return;
    case "bad-json":
      response.end('{"message": {"role": "assist\n{"done": tru\n');
      return;
    case "no-object":
      response.end("[1, 2, 3]\n42\n");
      return;
    case "no-end":
      response.end();
      return;
    case "bad-utf8":
      response.end(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x0a]));
      return;
    case "endless":
    case "endless-line": {
      const text = fault === "endless" ? `${line("la ")}\n` : "x".repeat(10_000);
      const timer = setInterval(() => response.write(text), tokenMs);
      response.once("close", () => clearInterval(timer));
      return;
    }
    default:
      // "stall": a beginning, and then nothing.
      return;
  }
}

const breaking: ReadonlySet<ChatFault> = new Set([
  "error-mid-stream",
  "reset",
  "bad-json",
  "no-object",
  "no-end",
  "bad-utf8",
  "endless",
  "endless-line",
  "stall",
]);

/** One answer of /api/chat or /api/generate, streamed as lines of JSON, with the fault of the hour. */
export function answerChat(
  path: string,
  body: Readonly<Record<string, unknown>>,
  response: ServerResponse,
  state: FakeOllamaState,
): void {
  const { fault } = state;
  const model = body["model"];
  const base = { model, created_at: "2026-01-01T00:00:00Z" };
  if (path === "/api/generate" && body["prompt"] === "") {
    if (state.slowLoad) return;
    response.writeHead(200, head);
    response.end(`${JSON.stringify({ ...base, response: "", done: true, done_reason: "load" })}\n`);
    return;
  }
  if (bare(response, fault)) return;
  const messages = (body["messages"] ?? []) as { role: string }[];
  const message = (text: string) =>
    JSON.stringify({ ...base, message: { role: "assistant", content: text }, done: false });
  response.writeHead(200, head);
  if (breaking.has(fault)) {
    response.write(`${message('{"verdict"')}\n`);
    breakOff(response, fault, message);
    return;
  }
  const repaired = fault === "wrong-once" && messages.some(({ role }) => role === "assistant");
  const wrong = fault === "wrong-once" && !repaired ? wrongs["wrong-schema"] : wrongs[fault];
  const end = { ...base, message: { role: "assistant", content: "" }, done: true };
  const last = JSON.stringify({ ...end, done_reason: "stop", eval_count: 1 });
  if (state.tools.length > 0 && !messages.some(({ role }) => role === "tool")) {
    const calls = state.tools.map((tool) => ({ function: tool }));
    const called = { role: "assistant", content: "", tool_calls: calls };
    writeWhole(response, [JSON.stringify({ ...base, message: called, done: false }), last], false);
    return;
  }
  const text = wrong ?? state.answer;
  const words = text.match(/[\s\S]{1,7}/gu) ?? [];
  // A line that is no JSON before an answer that is whole: what else was lost, nobody knows.
  const garbage = fault === "bad-line" ? ['{"message": {"role'] : [];
  writeWhole(response, [...garbage, ...words.map(message), last], fault === "split");
}
