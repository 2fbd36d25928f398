import type { ChildProcess } from "node:child_process";
import type { Follow, LightningBackend } from "@timmy/companion/lightning/backend";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { Point } from "./step-points.ts";

/**
 * A node that outlives the process that asks it: it lives in the trial, and its calls come over the
 * child's channel. A child that dies drops its calls, as a closed connection does.
 */
interface Call {
  readonly ask: number;
  readonly name: string;
  /** What can be sent; a marker stands for a signal, for someone who follows, for a listener. */
  readonly values: readonly unknown[];
}
type Answer =
  | { readonly event: number; readonly value: unknown }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly code: ErrorCode; readonly details: string };
interface GiveUp {
  readonly abort: number;
}
const markers = { signal: "signal", follow: "follow", listener: "listener" } as const;

const has = (message: unknown, name: string): boolean =>
  typeof message === "object" && message !== null && name in message;
const isCall = (message: unknown): message is Call => has(message, "ask");
const isAnswer = (message: unknown): message is Answer =>
  has(message, "answer") || has(message, "event");
const isGiveUp = (message: unknown): message is GiveUp => has(message, "abort");

/** Answers the calls of one child until it is gone. */
export function serveNode(child: ChildProcess, node: LightningBackend): void {
  const open = new Map<number, AbortController>();
  const methods = new Map(Object.entries(node));
  const tell = (answer: Answer) => {
    if (child.connected) child.send(answer, () => {});
  };
  async function run({ ask, name, values }: Call): Promise<unknown> {
    const method: unknown = methods.get(name);
    if (typeof method !== "function") throw new TimmyError("internal", `No call ${name}.`);
    const ending = new AbortController();
    open.set(ask, ending);
    const { signal } = ending;
    const listen = (value?: unknown) => tell({ event: ask, value });
    const meant = values.map((value) => {
      if (value === markers.signal) return signal;
      if (value === markers.follow) return { signal, onInflight: () => listen() };
      return value === markers.listener ? listen : value;
    });
    try {
      return await (method as (...all: readonly unknown[]) => Promise<unknown>)(...meant);
    } finally {
      open.delete(ask);
    }
  }
  child.once("exit", () => {
    for (const ending of open.values()) ending.abort();
  });
  child.on("message", (message: unknown) => {
    if (isGiveUp(message)) open.get(message.abort)?.abort();
    if (!isCall(message)) return;
    run(message).then(
      (value) => tell({ answer: message.ask, value }),
      (cause: unknown) => {
        const known = cause instanceof TimmyError;
        const [code, details] = known ? [cause.code, cause.details] : ["internal", String(cause)];
        tell({ answer: message.ask, code: code as ErrorCode, details });
      },
    );
  });
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
  readonly listen: (value: unknown) => void;
}
const isFollow = (value: unknown): value is Follow => has(value, "signal");

/** The child's end of a call: what cannot be sent becomes a marker. */
function pack(values: readonly unknown[]) {
  let signal: AbortSignal | null = null;
  let listen: Asked["listen"] = () => {};
  const packed = values.map((value) => {
    if (value instanceof AbortSignal) {
      signal = value;
      return markers.signal;
    }
    if (typeof value === "function") {
      listen = value as Asked["listen"];
      return markers.listener;
    }
    if (!isFollow(value)) return value;
    signal = value.signal;
    listen = () => value.onInflight?.();
    return markers.follow;
  });
  return { packed, signal: signal as AbortSignal | null, listen };
}

/**
 * The node as the child sees it: every call goes over the channel, with a point before it, at each
 * event and around each answer. `local` does what asks nobody.
 */
export function createRemoteNode(local: LightningBackend, point: Point): LightningBackend {
  let asked = 0;
  const open = new Map<number, Asked>();
  process.on("message", (message: unknown) => {
    if (!isAnswer(message)) return;
    point();
    if ("event" in message) {
      open.get(message.event)?.listen(message.value);
      return;
    }
    const waits = open.get(message.answer);
    open.delete(message.answer);
    if ("code" in message) waits?.reject(new TimmyError(message.code, message.details));
    else waits?.resolve(message.value);
    point();
  });
  const ask = (name: string, values: readonly unknown[]): Promise<unknown> => {
    const id = ++asked;
    const { packed, signal, listen } = pack(values);
    return new Promise((resolve, reject) => {
      open.set(id, { resolve, reject, listen });
      point();
      process.send?.({ ask: id, name, values: packed }, () => {});
      signal?.addEventListener("abort", () => void process.send?.({ abort: id }, () => {}));
      point();
    });
  };
  const kept = new Set(["decode", "close"]);
  const calls = Object.entries(local)
    .filter(([name, value]) => typeof value === "function" && !kept.has(name))
    .map(([name]) => [name, (...values: readonly unknown[]) => ask(name, values)]);
  return { ...local, ...Object.fromEntries(calls) };
}
