import {
  type CallCredentials,
  type CallOptions,
  type ChannelOptions,
  Client,
  connectivityState,
  credentials,
  status as grpcStatus,
  Metadata,
} from "@grpc/grpc-js";
import type { LndMethod } from "@timmy/protos/lnd";
import type { Clock } from "@timmy/shared/ports/time";
import { nameToAskFor, type PinnedCertificate, splitAddress } from "./certificate.ts";
import { type Fault, toFault } from "./faults.ts";
import {
  connectTimeoutMs,
  firstReconnectMs,
  keepaliveMs,
  keepaliveTimeoutMs,
  longestReconnectMs,
  maxAnswerBytes,
} from "./limits.ts";

export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

export interface CallParts<Request, Response> {
  readonly method: LndMethod<Request, Response>;
  readonly request: Request;
  /** Hex; empty for the methods that need none. */
  readonly macaroon: string;
  readonly signal?: AbortSignal | undefined;
  /** Asked when the request is about to be written; false keeps it, and the macaroon, here. */
  readonly mayLeave?: () => boolean;
}

/** The wire to one LND: failures are values, nothing is sent twice, nothing is sent in clear. */
export interface Transport {
  unary<Request, Response>(
    call: CallParts<Request, Response> & { readonly timeoutMs: number },
  ): Promise<CallResult<Response>>;
  /** Ends when the node ends the stream (ok), or with the fault; an abort is CANCELLED. */
  stream<Request, Response>(
    call: CallParts<Request, Response>,
    onMessage: (message: Response) => void,
  ): Promise<CallResult<null>>;
  /** Waits for both connections to stand; answers whether they do. */
  ready(signal?: AbortSignal): Promise<boolean>;
  /** Answers, whenever it is asked later, whether no connection was lost since this call. */
  sinceNow(): () => boolean;
  /** Tells that a connection which stood is gone. */
  onLost(listen: () => void): void;
  close(): void;
}

const day = 86_400_000;

function channelOptions(serverName: string | null): ChannelOptions {
  return {
    "grpc.max_receive_message_length": maxAnswerBytes,
    "grpc.keepalive_time_ms": keepaliveMs,
    "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
    "grpc.initial_reconnect_backoff_ms": firstReconnectMs,
    "grpc.max_reconnect_backoff_ms": longestReconnectMs,
    "grpc.client_idle_timeout_ms": day,
    // Without its own pool the second channel would share the first one's connection.
    "grpc.use_local_subchannel_pool": 1,
    // A proxy from the environment must not come between us and the node.
    "grpc.enable_http_proxy": 0,
    // What became of a request is ours to judge: the library never sends it again by itself.
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    ...(serverName === null ? {} : { "grpc.ssl_target_name_override": serverName }),
  };
}

function connect(address: string, certificate: PinnedCertificate): Client {
  const { host } = splitAddress(address);
  const channelCredentials = credentials.createSsl(Buffer.from(certificate.pem), null, null, {
    // Said aloud, because an environment variable of Node could otherwise switch it off.
    rejectUnauthorized: true,
    checkServerIdentity: (_host, { fingerprint256 }) =>
      fingerprint256 === certificate.fingerprint
        ? undefined
        : new Error("the certificate is not the pinned one"),
  });
  return new Client(address, channelCredentials, channelOptions(nameToAskFor(certificate, host)));
}

/**
 * The macaroon, handed out only when gRPC is about to write the request. A call that finds its
 * connection broken waits for the next one, and behind that may be another node.
 */
function handOut(macaroon: string, mayLeave: () => boolean): CallCredentials {
  return credentials.createFromMetadataGenerator((_options, hand) => {
    if (!mayLeave()) {
      hand(Object.assign(new Error("the connection broke"), { code: grpcStatus.UNAVAILABLE }));
      return;
    }
    const metadata = new Metadata();
    if (macaroon !== "") metadata.set("macaroon", macaroon);
    hand(null, metadata);
  });
}
const always = () => true;

const abortedBefore: Fault = {
  status: grpcStatus.CANCELLED,
  text: "aborted before it was sent",
  sent: false,
};
/** A request that cannot be serialized never left. */
const unsent = (error: unknown): Fault => ({ ...toFault(error), sent: false });

/** Cancels the call when the signal aborts; answers how to stop listening. */
function cancelOn(signal: AbortSignal | undefined, cancel: () => void): () => void {
  signal?.addEventListener("abort", cancel, { once: true });
  return () => signal?.removeEventListener("abort", cancel);
}

function unaryOn<Request, Response>(
  client: Client,
  clock: Clock,
  call: CallParts<Request, Response> & { readonly timeoutMs: number },
): Promise<CallResult<Response>> {
  const { method, request, macaroon, signal, timeoutMs, mayLeave = always } = call;
  if (signal?.aborted) return Promise.resolve({ ok: false, fault: abortedBefore });
  const options: CallOptions = {
    deadline: clock.wallMs() + timeoutMs,
    credentials: handOut(macaroon, mayLeave),
  };
  return new Promise((resolve) => {
    let stopListening = () => {};
    try {
      const running = client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        options,
        (error, value) => {
          stopListening();
          if (error !== null) resolve({ ok: false, fault: toFault(error) });
          else resolve({ ok: true, value: value as Response });
        },
      );
      stopListening = cancelOn(signal, () => running.cancel());
    } catch (error) {
      resolve({ ok: false, fault: unsent(error) });
    }
  });
}

function streamOn<Request, Response>(
  client: Client,
  call: CallParts<Request, Response>,
  onMessage: (message: Response) => void,
): Promise<CallResult<null>> {
  const { method, request, macaroon, signal, mayLeave = always } = call;
  if (signal?.aborted) return Promise.resolve({ ok: false, fault: abortedBefore });
  return new Promise((resolve, reject) => {
    try {
      const running = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        { credentials: handOut(macaroon, mayLeave) },
      );
      const stopListening = cancelOn(signal, () => running.cancel());
      const finish = (result: CallResult<null>) => {
        stopListening();
        resolve(result);
      };
      running.on("data", (message: Response) => {
        if (signal?.aborted) return;
        try {
          onMessage(message);
        } catch (error) {
          // Whoever listens has failed: the stream ends with that reason.
          stopListening();
          running.cancel();
          reject(error);
        }
      });
      // After an error there is no end; after an end no error changes the promise any more.
      running.on("error", (error) => finish({ ok: false, fault: toFault(error) }));
      running.on("end", () => finish({ ok: true, value: null }));
    } catch (error) {
      resolve({ ok: false, fault: unsent(error) });
    }
  });
}

/** Opens two connections: a long invoice list on one never delays a payment's news on the other. */
export function createTransport(
  ports: { readonly clock: Clock },
  options: { readonly address: string; readonly certificate: PinnedCertificate },
): Transport {
  const { clock } = ports;
  const unaryClient = connect(options.address, options.certificate);
  const streamClient = connect(options.address, options.certificate);
  const clients = [unaryClient, streamClient];
  const listeners: (() => void)[] = [];
  let closed = false;
  let losses = 0;

  function watch(client: Client): void {
    const channel = client.getChannel();
    const before = channel.getConnectivityState(false);
    channel.watchConnectivityState(before, Number.POSITIVE_INFINITY, () => {
      if (closed) return;
      const lost = before === connectivityState.READY;
      watch(client);
      if (lost) losses++;
      if (lost) for (const listen of listeners) listen();
    });
  }
  for (const client of clients) watch(client);

  const readyOne = (client: Client, signal: AbortSignal | undefined) =>
    new Promise<boolean>((resolve) => {
      const stopListening = cancelOn(signal, () => resolve(false));
      client.waitForReady(clock.wallMs() + connectTimeoutMs, (error) => {
        stopListening();
        resolve(error === undefined);
      });
    });

  return {
    unary: (call) => unaryOn(unaryClient, clock, call),
    stream: (call, onMessage) => streamOn(streamClient, call, onMessage),
    async ready(signal) {
      if (closed || signal?.aborted) return false;
      const stand = await Promise.all(clients.map((client) => readyOne(client, signal)));
      return stand.every(Boolean);
    },
    sinceNow() {
      const before = losses;
      return () => losses === before;
    },
    onLost(listen) {
      listeners.push(listen);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const client of clients) client.close();
    },
  };
}
