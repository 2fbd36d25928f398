import type { ServerResponse } from "node:http";
import type { EmbedFault, FakeOllamaState } from "./faults.ts";

const dimensions = 32;

/** A vector that depends on nothing but the letters: texts are near that have the same ones. */
function embed(text: string): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const letter of text) {
    const at = (letter.codePointAt(0) ?? 0) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

/** The embeddings as the text of JSON, which can hold what JSON.stringify never writes. */
function embeddingsText(vectors: readonly (readonly number[])[], fault: EmbedFault): string {
  const text = JSON.stringify(vectors);
  switch (fault) {
    case "not-a-number":
      return text.replace(/[\d.]+/, "NaN");
    case "endless-number":
      return text.replace(/[\d.]+/, "1e999");
    case "wrong-length":
      return JSON.stringify(vectors.map((vector) => vector.slice(0, 16)));
    case "uneven":
      return JSON.stringify(vectors.map((vector, i) => vector.slice(0, dimensions - 8 * (i % 2))));
    case "too-few":
      return JSON.stringify(vectors.slice(1));
    case "huge":
      return `[${text},${"0,".repeat(3_000_000)}0]`;
    default:
      return text;
  }
}

/** One answer of /api/embed, with the fault of the hour. */
export function answerEmbed(
  body: Readonly<Record<string, unknown>>,
  response: ServerResponse,
  state: FakeOllamaState,
): void {
  const { fault, embedFault } = state;
  const head = { "content-type": "application/json", "x-fake": "ollama" };
  if (embedFault === "silent" || fault === "silent") return;
  if (fault === "overloaded") {
    response.writeHead(503, head).end('{"error":"server busy, please try again"}');
    return;
  }
  if (embedFault === "no-object") return void response.writeHead(200, head).end("[1, 2");
  const vectors = [body["input"]].flat().map(String).map(embed);
  const model = JSON.stringify(body["model"]);
  const text = embeddingsText(vectors, embedFault);
  response.writeHead(200, head).end(`{"model":${model},"embeddings":${text}}`);
}
