import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Time } from "@timmy/shared/ports/time";
import { type Certificate, createCertificate } from "./certificate.ts";
import { createChannelHandlers } from "./channel-service.ts";
import { createFakeNode, type FakeNode, type FakeNodeOptions } from "./fake-node.ts";
import { type Fault, FaultScript, words } from "./faults.ts";
import type { Handlers, Sink, StreamHandler, UnaryHandler } from "./handler.ts";
import { createInvoiceHandlers } from "./invoice-service.ts";
import { Macaroons } from "./macaroons.ts";
import { uri } from "./methods.ts";
import { Refusal } from "./refusal.ts";
import { Relay } from "./relay.ts";
import { createRouterHandlers } from "./router-service.ts";
import { loadServices } from "./services.ts";
import { createWalletHandlers } from "./wallet-service.ts";

const stateWords: Readonly<Record<FakeNode["state"], string | null>> = {
  NON_EXISTING: words.noWallet,
  LOCKED: words.locked,
  UNLOCKED: words.starting,
  RPC_ACTIVE: null,
  SERVER_ACTIVE: null,
  WAITING_TO_START: words.waiting,
};
const stateMethods: ReadonlySet<string> = new Set([uri.getState]);

/**
 * A fake of lnd 0.21.2 over real gRPC and TLS: one wallet, its channels and the strangers around
 * it, from the full protos, with faults by method and number of the call. It is a fake and says so
 * (alias "fake-lnd"): no chain, no gossip, no signatures on transactions, no caveats in macaroons.
 */
export class FakeLnd {
  readonly node: FakeNode;
  readonly script = new FaultScript();
  readonly macaroons: Macaroons;
  readonly adminMacaroon: string;
  readonly relay = new Relay();
  /** Methods called, in their order, refused ones too; and how many brought a macaroon. */
  readonly seen: string[] = [];
  macaroonsSeen = 0;
  readonly #time: Time;
  readonly #handlers: Handlers;
  #server: Server | null = null;
  #certificate: Certificate;
  #port = 0;
  #slow = 0;

  constructor(time: Time, options: FakeNodeOptions = {}) {
    this.#time = time;
    this.node = createFakeNode(time, options);
    this.macaroons = new Macaroons(options.seed ?? "a");
    this.adminMacaroon = this.macaroons.bakeAdmin();
    this.#certificate = createCertificate(time.clock.wallMs());
    const parts = [
      createChannelHandlers(this.node),
      createInvoiceHandlers(this.node),
      createRouterHandlers(this.node, time),
      createWalletHandlers(this.node),
      this.#ownHandlers(),
    ];
    this.#handlers = {
      unary: Object.assign({}, ...parts.map((part) => part.unary)),
      streams: Object.assign({}, ...parts.map((part) => part.streams)),
    };
  }

  get certificate(): Certificate {
    return this.#certificate;
  }
  /** host:port, the same for the whole life of the fake. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Calls that wait for the fake's own time to pass. */
  unanswered(): number {
    return this.#slow;
  }

  async start(): Promise<void> {
    await this.#serve();
    this.#port = await this.relay.listen();
  }
  async stop(): Promise<void> {
    await this.relay.leave();
    this.#server?.forceShutdown();
    this.#server = null;
  }
  /** As a killed process: nothing listens, everything is cut; the wallet is kept. */
  async leave(): Promise<void> {
    await this.relay.leave();
  }
  async comeBack(): Promise<void> {
    await this.relay.listen();
  }
  /** What `lnd --tlsautorefresh` does: from now on another certificate. */
  async changeCertificate(): Promise<void> {
    this.#certificate = createCertificate(this.#time.clock.wallMs());
    const before = this.#server;
    await this.#serve();
    this.relay.cut();
    before?.forceShutdown();
  }

  async #serve(): Promise<void> {
    const server = new Server({ "grpc.max_receive_message_length": -1 });
    for (const service of loadServices()) {
      const implementation: UntypedServiceImplementation = {};
      for (const [name, { path }] of Object.entries(service)) {
        const unary = this.#handlers.unary[path];
        const stream = this.#handlers.streams[path];
        if (unary !== undefined) {
          implementation[name] = (
            call: ServerUnaryCall<object, object>,
            callback: sendUnaryData<object>,
          ) => this.#unary(path, unary, call, callback);
        }
        if (stream !== undefined) {
          implementation[name] = (call: ServerWritableStream<object, object>) =>
            this.#stream(path, stream, call);
        }
      }
      server.addService(service, implementation);
    }
    const { certPem, keyPem } = this.#certificate;
    const pair = { private_key: Buffer.from(keyPem), cert_chain: Buffer.from(certPem) };
    const credentials = ServerCredentials.createSsl(null, [pair]);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    this.#server = server;
    this.relay.forwardTo(port);
  }

  /** In the order of lnd: state of the wallet, macaroon, then what the script says. */
  #admit(method: string, sent: readonly (string | Buffer)[]): Fault {
    this.seen.push(method);
    this.macaroonsSeen += sent.length;
    const text = stateMethods.has(method) ? null : stateWords[this.node.state];
    if (text !== null) throw new Refusal("UNKNOWN", text);
    this.macaroons.check(method, sent.map(String));
    const fault = this.script.next(method);
    if (fault.refuse !== undefined) throw new Refusal(...fault.refuse);
    if (fault.kill === "before") this.relay.cut();
    return fault;
  }
  #unary(
    method: string,
    run: UnaryHandler["run"],
    call: ServerUnaryCall<object, object>,
    callback: sendUnaryData<object>,
  ): void {
    answerErrors(
      (refusal) => callback(refusal),
      () => {
        const fault = this.#admit(method, call.metadata.get("macaroon"));
        if (fault.kill === "before") return;
        const kill = () => this.relay.cut();
        const work = () =>
          answerErrors(
            (refusal) => callback(refusal),
            () => {
              const response = run(call.request, { fault, kill });
              if (fault.kill === "after") kill();
              else if (fault.drop === true) {
                throw new Refusal("UNAVAILABLE", "transport is closing");
              } else if (fault.silent !== true) callback(null, response);
            },
          );
        this.#later(fault, work);
      },
    );
  }
  #stream(
    method: string,
    run: StreamHandler["run"],
    call: ServerWritableStream<object, object>,
  ): void {
    const sink: Sink = {
      send: (message) => void call.write(message),
      fail: (refusal) => void call.emit("error", refusal),
      end: () => void call.end(),
      onGone: (gone) => {
        call.once("cancelled", gone);
        call.once("close", gone);
        call.once("error", gone);
      },
    };
    answerErrors(sink.fail, () => {
      const fault = this.#admit(method, call.metadata.get("macaroon"));
      if (fault.kill === "before" || fault.silent === true) return;
      const kill = () => this.relay.cut();
      // A request that waits is dropped with its connection. An lnd that carried it out after all
      // could pay what a second request for the same invoice has seen fail meanwhile.
      const work = () => call.cancelled || run(call.request, sink, { fault, kill });
      this.#later(fault, () => answerErrors(sink.fail, work));
    });
  }
  #later(fault: Fault, work: () => void): void {
    if (fault.slowMs === undefined) return work();
    this.#slow++;
    this.#time.timers.after("fake-lnd: slow", fault.slowMs, () => {
      this.#slow--;
      work();
    });
  }
  #ownHandlers(): Handlers {
    return {
      unary: {
        [uri.getState]: () => ({ state: this.node.state }),
        [uri.bakeMacaroon]: (request: BakeMacaroon) => ({
          macaroon: this.macaroons.bake(request.permissions),
        }),
      },
      streams: {},
    };
  }
}
interface BakeMacaroon {
  readonly permissions: readonly { readonly entity: string; readonly action: string }[];
}

/** Runs; what it throws is answered as lnd would answer it, and what nobody foresaw too. */
function answerErrors(answer: (refusal: Refusal) => void, run: () => void): void {
  try {
    run();
  } catch (error) {
    answer(error instanceof Refusal ? error : new Refusal("INTERNAL", `fake: ${String(error)}`));
  }
}
