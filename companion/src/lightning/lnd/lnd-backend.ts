import { TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import type { LightningBackend, NodeHealth } from "../backend.ts";
import { decodeInvoice } from "../bolt11.ts";
import { probeCertificate } from "./certificate.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { readBalance, readChannels } from "./node-balance.ts";
import { abortable, createNodeCalls, type Macaroons } from "./node-calls.ts";
import {
  confirmations,
  fundSweep,
  newAddress,
  openChannel,
  publishTransaction,
  readCoins,
  readForwards,
} from "./node-chain.ts";
import {
  cancelInvoice,
  createInvoice,
  getInvoice,
  listInvoices,
  subscribeInvoices,
} from "./node-invoices.ts";
import { sendPayment, trackPayment } from "./node-payments.ts";
import { healthOf } from "./node-status.ts";
import { createNodeWatch } from "./node-watch.ts";
import { createTransport } from "./transport.ts";

export interface LndBackendPorts {
  readonly time: Time;
  readonly logger: Logger;
}
export interface LndBackendOptions {
  readonly connection: Pick<ConnectionRecord, "address" | "certPem" | "pubkey" | "network">;
  readonly macaroons: Macaroons;
}
export interface LndBackend extends LightningBackend {
  /** Begins to watch the node, and goes on until `close`; calls work without it too. */
  start(): void;
  /** What is known of the node without asking it. */
  health(): NodeHealth;
  /** Told of each change of state; answers how to stop listening. */
  onState(listen: (health: NodeHealth) => void): () => void;
}

/** A real LND behind the port. Connects by itself, and again; `close` ends it. */
export function createLndBackend(ports: LndBackendPorts, options: LndBackendOptions): LndBackend {
  const { time, logger } = ports;
  const { connection, macaroons } = options;
  const pinned = { pubkey: connection.pubkey, network: connection.network };
  const certificate = probeCertificate(connection.certPem);
  const transport = createTransport(time, { address: connection.address, certificate });
  const watch = createNodeWatch(
    { transport, timers: time.timers, logger },
    { pinned, macaroon: macaroons.earn },
  );
  const calls = createNodeCalls({ transport, watch, macaroons });

  function decode(bolt11: string) {
    const decoded = decodeInvoice(bolt11);
    if (decoded.network === pinned.network) return decoded;
    throw new TimmyError("wrong-network", `It is for ${decoded.network}, not ${pinned.network}.`);
  }

  return {
    kind: "lnd",
    network: pinned.network,
    start: watch.start,
    health: () => healthOf(watch.status(), pinned),
    onState: (listen) => watch.onState((status) => listen(healthOf(status, pinned))),

    createInvoice: (request, signal) => createInvoice(calls, request, signal),
    async checkPayment(paymentHash, signal) {
      const invoice = await getInvoice(calls, paymentHash, signal);
      if (invoice === null) return { state: "unknown", paidMsat: 0n };
      return { state: invoice.state, paidMsat: invoice.paidMsat };
    },
    getInvoice: (paymentHash, signal) => getInvoice(calls, paymentHash, signal),
    listInvoices: (page, signal) => listInvoices(calls, page, signal),
    settleInvoice: () => Promise.reject(new TimmyError("mock-only")),
    cancelInvoice: (paymentHash, signal) => cancelInvoice(calls, paymentHash, signal),
    subscribeInvoices: (cursor, onInvoice, signal) =>
      subscribeInvoices(calls, cursor, onInvoice, signal),

    decode,
    payInvoice: (request, follow) => sendPayment(calls, decode, request, follow),
    trackPayment: (paymentHash, follow) => trackPayment(calls, paymentHash, follow),

    getBalance: (signal) => readBalance(calls, signal),
    channels: (signal) => readChannels(calls, signal),
    openChannel: (request, signal) => openChannel(calls, request, signal),
    forwards: (page, signal) => readForwards(calls, page, signal),
    newAddress: (signal) => newAddress(calls, signal),
    unspent: (signal) => readCoins(calls, signal),
    fundSweep: (request, signal) => fundSweep(calls, request, signal),
    publishTransaction: (rawHex, label, signal) => publishTransaction(calls, rawHex, label, signal),
    confirmations: (txid, signal) => confirmations(calls, txid, signal),

    async healthCheck(signal) {
      return healthOf(await abortable(watch.check(), signal), pinned);
    },
    async close() {
      watch.stop();
      transport.close();
    },
  };
}
