import { maxAnswerBytes, maxLineChars } from "./limits.ts";

/** What stands in an error's body: Ollama writes {"error": "..."}; a proxy writes anything. */
function errorText(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === "string") return error.slice(0, 300);
  } catch {
    // Not JSON: its beginning has to do.
  }
  return body.slice(0, 300);
}

function checkLine(line: string): void {
  if (line.trim() === "") return;
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError("A line of the answer is no JSON object.");
  }
}

/**
 * Passes bytes on unchanged, and breaks the stream at the first byte too many, at bytes that are no
 * UTF-8, and, where lines are meant, at the first line that is no JSON object: the client library
 * would only log such a line and go on.
 */
function createCheck(lines: boolean): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let open = "";
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) throw new RangeError("The answer is too long.");
      if (lines) {
        const parts = (open + decoder.decode(chunk, { stream: true })).split("\n");
        open = parts.pop() ?? "";
        if (open.length > maxLineChars) throw new RangeError("A line of the answer is too long.");
        for (const line of parts) checkLine(line);
      }
      controller.enqueue(chunk);
    },
    flush() {
      if (lines) checkLine(open + decoder.decode());
    },
  });
}

/** `fetch` that ends with `signal`, follows no redirect, and bounds and checks what it reads. */
export function createStrictFetch(signal: AbortSignal, lines: boolean): typeof fetch {
  return async (input, init = {}) => {
    const signals = init.signal ? [signal, init.signal] : [signal];
    const response = await fetch(input, {
      ...init,
      redirect: "error",
      signal: AbortSignal.any(signals),
    });
    const body = response.body?.pipeThrough(createCheck(lines && response.ok)) ?? null;
    const { status, headers } = response;
    if (response.ok) return new Response(body, { status, headers });
    const error = errorText(await new Response(body).text());
    return Response.json({ error: error === "" ? `HTTP ${status}` : error }, { status });
  };
}
