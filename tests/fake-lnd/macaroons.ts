import { createHash } from "node:crypto";
import { uri } from "./methods.ts";
import { Refusal } from "./refusal.ts";

export interface Permission {
  readonly entity: string;
  readonly action: string;
}
const of = (...pairs: readonly string[]): readonly Permission[] =>
  pairs.map((pair) => {
    const [entity = "", action = ""] = pair.split(":");
    return { entity, action };
  });

/** What lnd 0.21.2 asks for each method (MainRPCServerPermissions and its sub-servers). */
const needed: Readonly<Record<string, readonly Permission[]>> = {
  [uri.getInfo]: of("info:read"),
  [uri.walletBalance]: of("onchain:read"),
  [uri.channelBalance]: of("offchain:read"),
  [uri.listChannels]: of("offchain:read"),
  [uri.pendingChannels]: of("offchain:read"),
  [uri.connectPeer]: of("peers:write"),
  [uri.openChannelSync]: of("onchain:write", "offchain:write"),
  [uri.addInvoice]: of("invoices:write"),
  [uri.listInvoices]: of("invoices:read"),
  [uri.subscribeInvoices]: of("invoices:read"),
  [uri.decodePayReq]: of("offchain:read"),
  [uri.listPayments]: of("offchain:read"),
  [uri.forwardingHistory]: of("offchain:read"),
  [uri.newAddress]: of("address:write"),
  [uri.getTransactions]: of("onchain:read"),
  [uri.bakeMacaroon]: of("macaroon:generate"),
  [uri.sendPaymentV2]: of("offchain:write"),
  [uri.trackPaymentV2]: of("offchain:read"),
  [uri.lookupInvoiceV2]: of("invoices:write"),
  [uri.cancelInvoice]: of("invoices:write"),
  [uri.walletListUnspent]: of("onchain:read"),
  [uri.nextAddr]: of("address:read"),
  [uri.getTransaction]: of("onchain:read"),
  [uri.requiredReserve]: of("onchain:read"),
  [uri.fundPsbt]: of("onchain:write"),
  [uri.finalizePsbt]: of("onchain:write"),
  [uri.listLeases]: of("onchain:read"),
  [uri.releaseOutput]: of("onchain:write"),
  [uri.publishTransaction]: of("onchain:write"),
};
/** Open to everybody, also while the wallet is locked (rpcperms, macaroonWhitelist). */
const open: ReadonlySet<string> = new Set([uri.getState]);

/**
 * Tokens with rights, looked up in a table. They have the outer form of a macaroon (version 2,
 * location, identifier, a signature of 32 bytes), and their signature proves nothing: whoever
 * tests caveats or forged signatures needs a real lnd.
 */
export class Macaroons {
  readonly #rights = new Map<string, ReadonlySet<string>>();
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  bake(permissions: readonly Permission[]): string {
    if (permissions.length === 0) throw new Refusal("UNKNOWN", "permission list cannot be empty.");
    for (const { entity, action } of permissions) {
      if (entity === "uri" && needed[action] === undefined && !open.has(action)) {
        throw new Refusal(
          "UNKNOWN",
          "invalid permission action, must be an existing URI in the format " +
            "/package.Service/MethodName",
        );
      }
    }
    const hash = (text: string) => createHash("sha256").update(`${this.#seed} ${text}`).digest();
    const id = hash(`id ${this.#rights.size}`);
    const token = Buffer.concat([
      Buffer.of(2, 1, 3),
      Buffer.from("lnd"),
      Buffer.of(2, 33, 3),
      id,
      Buffer.of(0, 0, 6, 32),
      hash(`signature ${this.#rights.size}`),
    ]).toString("hex");
    this.#rights.set(token, new Set(permissions.map((p) => `${p.entity}:${p.action}`)));
    return token;
  }

  /** What admin.macaroon may: every pair that a method asks for. */
  bakeAdmin(): string {
    return this.bake(Object.values(needed).flat());
  }

  /** Throws what lnd answers when the token is missing, foreign, or not for this method. */
  check(method: string, sent: readonly string[]): void {
    if (open.has(method)) return;
    if (sent.length !== 1) {
      throw new Refusal("UNKNOWN", `expected 1 macaroon, got ${sent.length}`);
    }
    const rights = this.#rights.get(sent[0] ?? "");
    if (rights === undefined) {
      throw new Refusal(
        "UNKNOWN",
        "verification failed: signature mismatch after caveat verification",
      );
    }
    const broad = (needed[method] ?? []).every((p) => rights.has(`${p.entity}:${p.action}`));
    if ((needed[method] !== undefined && broad) || rights.has(`uri:${method}`)) return;
    throw new Refusal("UNKNOWN", "permission denied");
  }
}
