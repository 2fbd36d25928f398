import { type ErrorCode, errorTable, TimmyError } from "@timmy/shared/errors";
import type { LightningBackend, Network, NodeHealth } from "../lightning/backend.ts";
import { decodeInvoice } from "../lightning/bolt11.ts";

/**
 * Stands where a real node is connected but cannot be asked (its vault is locked, or only the books
 * are wanted): books stay readable, sends wait, sales are refused. Never the mock.
 */
export function createAbsentBackend(
  node: { readonly network: Network; readonly pubkey: string; readonly alias: string },
  code: Extract<ErrorCode, "vault-locked" | "lnd-away">,
): LightningBackend {
  const away = (): Promise<never> => Promise.reject(new TimmyError(code));
  const health: NodeHealth = {
    state: code === "vault-locked" ? "locked" : "away",
    code,
    sentence: errorTable[code].sentence,
    alias: node.alias,
    pubkey: node.pubkey,
    version: "",
    network: node.network,
    blockHeight: 0,
    syncedToChain: false,
    syncedToGraph: false,
  };
  return {
    kind: "lnd",
    network: node.network,
    createInvoice: away,
    checkPayment: away,
    getInvoice: away,
    listInvoices: away,
    settleInvoice: away,
    cancelInvoice: away,
    subscribeInvoices: away,
    decode(bolt11) {
      const decoded = decodeInvoice(bolt11);
      if (decoded.network === node.network) return decoded;
      throw new TimmyError("wrong-network", `It is for ${decoded.network}, not ${node.network}.`);
    },
    payInvoice: async () => ({ state: "refused", code, details: "" }),
    trackPayment: async () => ({ state: "unknown", why: code }),
    getBalance: away,
    channels: away,
    openChannel: away,
    forwards: away,
    newAddress: away,
    unspent: away,
    fundSweep: away,
    publishTransaction: away,
    confirmations: away,
    healthCheck: async () => health,
    close: async () => {},
  };
}
