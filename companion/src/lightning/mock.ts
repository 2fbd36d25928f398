import { errorTable, TimmyError } from "@timmy/shared/errors";
import type { LightningBackend, NodeHealth } from "./backend.ts";
import { balance, listChannels, open } from "./mock/channels.ts";
import { createControls, endSubscriptions, mine } from "./mock/controls.ts";
import { createInvoiceDesk } from "./mock/invoice-desk.ts";
import { codeOf, createNode, type MockNode } from "./mock/node.ts";
import { createPaymentDesk } from "./mock/payment-desk.ts";
import { finish } from "./mock/payments.ts";
import * as wallet from "./mock/wallet.ts";
import type { MockControls, MockOptions, MockPorts } from "./mock-controls.ts";

/**
 * A little Lightning network in memory, on regtest, that says mock everywhere. We start with about
 * 993,000 sat in two channels and 100,000 sat on chain. Nothing is stored but by `snapshot`.
 */
export function createMockBackend(
  ports: MockPorts,
  options: MockOptions = {},
): LightningBackend & MockControls {
  const node = createNode(ports, options);
  // What was on its way when a snapshot was taken arrives now; what is held stays held. Nobody is
  // told: nobody can listen yet, and the caller does not have the mock that he would ask.
  for (const payment of Object.values(node.state.payments)) {
    if (payment.plan !== null) finish(node.state, payment, payment.plan, node.nowS());
  }
  const { blockMs } = options;
  const blocks =
    blockMs === undefined ? null : ports.timers?.every("mock-block", blockMs, () => mine(node, 1));
  return {
    kind: "mock",
    network: "regtest",
    ...createInvoiceDesk(node),
    ...createPaymentDesk(node),
    ...createWalletDesk(node),
    ...createControls(node),
    async healthCheck(signal) {
      signal?.throwIfAborted();
      return health(node);
    },
    async close() {
      blocks?.cancel();
      endSubscriptions(node, new TimmyError("lnd-away", "the mock was closed"));
    },
  };
}

type WalletCalls = Pick<
  LightningBackend,
  | "getBalance"
  | "channels"
  | "openChannel"
  | "forwards"
  | "newAddress"
  | "unspent"
  | "fundSweep"
  | "publishTransaction"
  | "confirmations"
>;

function createWalletDesk(node: MockNode): WalletCalls {
  const { state } = node;
  /** Reads or changes the wallet of a node that answers. */
  const call = <T>(signal: AbortSignal | undefined, run: () => T): T => {
    node.assertActive(signal);
    return run();
  };
  const change = <T>(signal: AbortSignal | undefined, run: () => T): T => {
    const answer = call(signal, run);
    node.changed();
    return answer;
  };
  return {
    getBalance: async (signal) => call(signal, () => balance(state, node.nowMs())),
    channels: async (signal) => call(signal, () => listChannels(state)),
    openChannel: async (wish, signal) => change(signal, () => open(state, wish, node.nowMs())),
    async forwards({ sinceS, offset, limit }, signal) {
      node.assertActive(signal);
      const since = state.forwards.filter((forward) => forward.atMs >= sinceS * 1000);
      return since.slice(offset, offset + limit).map(({ atMs, ...forward }) => ({
        atNs: BigInt(Math.floor(atMs)) * 1_000_000n,
        ...forward,
      }));
    },
    newAddress: async (signal) => change(signal, () => wallet.freshAddress(state)),
    unspent: async (signal) => call(signal, () => wallet.listCoins(state, node.nowMs())),
    fundSweep: async (wish, signal) =>
      change(signal, () => wallet.fundSweep(state, wish, node.nowMs())),
    publishTransaction: async (rawHex, _label, signal) =>
      change(signal, () => wallet.publish(state, rawHex)),
    confirmations: async (txid, signal) => call(signal, () => wallet.confirmationsOf(state, txid)),
  };
}

function health({ knobs, state }: MockNode): NodeHealth {
  const active = knobs.node === "active";
  const code = knobs.node === "active" ? null : codeOf[knobs.node];
  const entry = code === null ? null : errorTable[code];
  return {
    state: knobs.node,
    code,
    sentence: entry === null ? "" : `${entry.sentence} ${entry.remedy}`,
    alias: "mock",
    pubkey: state.pubkeys.us,
    version: "mock",
    network: "regtest",
    blockHeight: state.height,
    syncedToChain: active,
    syncedToGraph: active,
  };
}
