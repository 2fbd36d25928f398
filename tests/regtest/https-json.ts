import { type Agent, request } from "node:https";
import { limits } from "./limits.ts";

/** One call to a program of the network; its own certificate is the only root that is trusted. */
export interface Call {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly ca: Buffer;
  readonly agent: Agent;
  readonly timeoutMs?: number;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks over HTTPS and gives the whole answer; rejects when the connection fails or hangs. */
export function ask(call: Call): Promise<Answer> {
  const body = call.body === undefined ? "" : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port: call.port,
        method: call.method,
        path: call.path,
        headers: { ...call.headers, "content-length": Buffer.byteLength(body) },
        ca: call.ca,
        agent: call.agent,
        timeout: call.timeoutMs ?? limits.callMs,
      },
      (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > limits.answerBytes) asked.destroy(new Error("the answer is too large"));
          else parts.push(part);
        });
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`${call.path} hangs`)));
    asked.on("error", reject);
    asked.end(body);
  });
}
