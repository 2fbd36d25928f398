import type { ChildProcess } from "node:child_process";
import type { LightningBackend, PaymentOutcome } from "@timmy/companion/lightning/backend";
import type { Point } from "./step-points.ts";

/**
 * A node that outlives the process that asks it: it lives in the trial, and its calls come over the
 * child's channel. A child that dies drops its calls, as a closed connection does.
 */
type Remote = Pick<
  LightningBackend,
  "payInvoice" | "trackPayment" | "cancelInvoice" | "healthCheck"
>;
type Call = {
  [Name in keyof Remote]: {
    readonly ask: number;
    readonly name: Name;
    readonly value: Parameters<Remote[Name]>[0];
  };
}[keyof Remote];
type Answer =
  | { readonly inflight: number }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly fault: string };

const isCall = (message: unknown): message is Call =>
  typeof message === "object" && message !== null && "ask" in message;
const isAnswer = (message: unknown): message is Answer =>
  typeof message === "object" && message !== null && ("answer" in message || "inflight" in message);

/** Answers the calls of one child until it is gone. */
export function serveNode(child: ChildProcess, node: Remote): void {
  const gone = new AbortController();
  child.once("exit", () => gone.abort());
  const tell = (answer: Answer) => {
    if (child.connected) child.send(answer, () => {});
  };
  function run(call: Call): Promise<unknown> {
    const follow = { signal: gone.signal, onInflight: () => tell({ inflight: call.ask }) };
    if (call.name === "payInvoice") return node.payInvoice(call.value, follow);
    if (call.name === "trackPayment") return node.trackPayment(call.value, follow);
    if (call.name === "cancelInvoice") return node.cancelInvoice(call.value, gone.signal);
    return node.healthCheck(gone.signal);
  }
  child.on("message", (message: unknown) => {
    if (!isCall(message)) return;
    run(message).then(
      (value) => tell({ answer: message.ask, value }),
      (cause: unknown) => tell({ answer: message.ask, fault: String(cause) }),
    );
  });
}

/** The child's end; a point before each call, at each event and after each answer. */
export function createRemoteNode(point: Point): Remote {
  let asked = 0;
  const open = new Map<
    number,
    {
      readonly resolve: (value: unknown) => void;
      readonly reject: (cause: Error) => void;
      readonly onInflight: (() => void) | undefined;
    }
  >();
  process.on("message", (message: unknown) => {
    if (!isAnswer(message)) return;
    point();
    if ("inflight" in message) {
      open.get(message.inflight)?.onInflight?.();
      return;
    }
    const waits = open.get(message.answer);
    open.delete(message.answer);
    if ("fault" in message) waits?.reject(new Error(message.fault));
    else waits?.resolve(message.value);
    point();
  });
  function ask(name: keyof Remote, value: unknown, onInflight?: () => void): Promise<unknown> {
    const id = ++asked;
    return new Promise((resolve, reject) => {
      open.set(id, { resolve, reject, onInflight });
      point();
      process.send?.({ ask: id, name, value }, () => {});
      point();
    });
  }
  return {
    payInvoice: (request, { onInflight }) =>
      ask("payInvoice", request, onInflight) as Promise<PaymentOutcome>,
    trackPayment: (hash, { onInflight }) =>
      ask("trackPayment", hash, onInflight) as Promise<PaymentOutcome>,
    cancelInvoice: (hash) => ask("cancelInvoice", hash) as Promise<boolean>,
    healthCheck: () => ask("healthCheck", undefined) as ReturnType<LightningBackend["healthCheck"]>,
  };
}
