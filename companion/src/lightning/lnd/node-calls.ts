import { type LndMethod, lndMethods } from "@timmy/protos/lnd";
import { TimmyError } from "@timmy/shared/errors";
import { codeOfFault, errorOfFault, type Fault } from "./faults.ts";
import { callTimeoutMs } from "./limits.ts";
import { type NodeStatus, statusOfFault } from "./node-status.ts";
import type { NodeWatch } from "./node-watch.ts";
import { type CallName, callRights, type RightName } from "./rights.ts";
import type { CallResult, Transport } from "./transport.ts";

type RequestOf<N extends CallName> =
  (typeof lndMethods)[N] extends LndMethod<infer Request, infer _> ? Request : never;
type ResponseOf<N extends CallName> =
  (typeof lndMethods)[N] extends LndMethod<infer _, infer Response> ? Response : never;

/** Hex of the three macaroons. They stay in this closure and go nowhere but onto the wire. */
export type Macaroons = Readonly<Record<RightName, string>>;

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** Calls by name: each with its macaroon, and none to a node that was not recognised. */
export interface NodeCalls {
  /** The answer, or the fault as a value. Throws when the node is not active. */
  ask<N extends CallName>(
    name: N,
    request: RequestOf<N>,
    options?: CallOptions,
  ): Promise<CallResult<ResponseOf<N>>>;
  /** The answer; a fault is thrown as `TimmyError`. */
  call<N extends CallName>(
    name: N,
    request: RequestOf<N>,
    options?: CallOptions,
  ): Promise<ResponseOf<N>>;
  /** A stream to its end. Does not look whether the node is active: see `admit`. */
  follow<N extends CallName>(
    name: N,
    request: RequestOf<N>,
    signal: AbortSignal,
    onMessage: (message: ResponseOf<N>) => void,
  ): Promise<CallResult<null>>;
  /** Null when the node is active and both connections stand, else why nothing may be sent. */
  admit(signal?: AbortSignal): Promise<TimmyError | null>;
}

function inactive(status: NodeStatus): TimmyError {
  return new TimmyError(status.code ?? "lnd-away", status.details);
}

export function createNodeCalls(ports: {
  readonly transport: Transport;
  readonly watch: NodeWatch;
  readonly macaroons: Macaroons;
}): NodeCalls {
  const { transport, watch, macaroons } = ports;
  const macaroonFor = (name: CallName): string => {
    const right = callRights[name];
    return right === "open" || right === "admin" ? "" : macaroons[right];
  };
  const methodOf = <N extends CallName>(name: N) =>
    lndMethods[name] as unknown as LndMethod<RequestOf<N>, ResponseOf<N>>;

  /** A fault that tells of the node, not of the request, changes what we think of the node. */
  function learn(fault: Fault): void {
    const code = codeOfFault(fault);
    const cancelled = fault.status === 1;
    if (cancelled || code === "lnd-refused" || code === "macaroon-refused") return;
    watch.suspect(statusOfFault(fault, null));
  }

  async function ensureActive(signal: AbortSignal | undefined): Promise<void> {
    if (watch.status().state === "active") return;
    const status = await abortable(watch.check(), signal);
    if (status.state !== "active") throw inactive(status);
  }

  async function ask<N extends CallName>(
    name: N,
    request: RequestOf<N>,
    options: CallOptions = {},
  ): Promise<CallResult<ResponseOf<N>>> {
    const { signal, timeoutMs = callTimeoutMs } = options;
    await ensureActive(signal);
    const macaroon = macaroonFor(name);
    const method = methodOf(name);
    const mayLeave = transport.sinceNow();
    const parts = { method, request, macaroon, signal, mayLeave };
    const result = await transport.unary({ ...parts, timeoutMs });
    if (!result.ok) learn(result.fault);
    return result;
  }

  return {
    ask,
    async call(name, request, options) {
      const result = await ask(name, request, options);
      if (!result.ok) throw errorOfFault(result.fault, name);
      return result.value;
    },
    async follow(name, request, signal, onMessage) {
      // Whoever admitted this call did so in the same turn: what breaks after it breaks the call.
      const mayLeave = transport.sinceNow();
      const macaroon = macaroonFor(name);
      const call = { method: methodOf(name), request, macaroon, signal, mayLeave };
      const result = await transport.stream(call, onMessage);
      if (!result.ok) learn(result.fault);
      return result;
    },
    async admit(signal) {
      try {
        await ensureActive(signal);
        const stands = await transport.ready(signal);
        if (!stands) return new TimmyError("lnd-away", "No connection stands.");
        // One may have broken and come back while the other was waited for.
        const status = watch.status();
        return status.state === "active" ? null : inactive(status);
      } catch (error) {
        if (error instanceof TimmyError) return error;
        throw error;
      }
    },
  };
}

/** The promise, or `lnd-away` as soon as the signal aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new TimmyError("lnd-away", "The caller gave up."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
