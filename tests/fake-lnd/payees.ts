import { encodeInvoice } from "@timmy/companion/lightning/bolt11-encoder";
import { createIdentity, type Identity } from "./identity.ts";
import { sha256 } from "./node-invoices.ts";

export interface ForeignInvoice {
  readonly bolt11: string;
  readonly hash: string;
  readonly preimage: string;
  /** What forwarding to this payee costs. */
  readonly feeMsat: bigint;
  /** With true the payee keeps the HTLC until it is released. */
  readonly hold: boolean;
  forgotten: boolean;
  /** How often an HTLC of it was settled, by anybody: more than once is a double payment. */
  timesPaid: number;
}
export interface ForeignInvoiceOptions {
  /** Null: the payer chooses. */
  readonly amountMsat: bigint | null;
  readonly nowS: number;
  readonly memo?: string;
  readonly expiryS?: number;
  readonly feeMsat?: bigint;
  readonly hold?: boolean;
  readonly payee?: Identity;
}

/** The strangers that are paid: their keys, invoices and secrets. One sat is a usual fee. */
export function createPayees(seed: string) {
  const invoices = new Map<string, ForeignInvoice>();
  const identity = createIdentity(`${seed} payee`);
  return {
    identity,
    make(options: ForeignInvoiceOptions): ForeignInvoice {
      const preimage = sha256(Buffer.from(`${seed} ${invoices.size}`).toString("hex"));
      const hash = sha256(preimage);
      const bolt11 = encodeInvoice(
        {
          network: "regtest",
          amountMsat: options.amountMsat,
          createdS: options.nowS,
          paymentHash: hash,
          paymentSecret: sha256(`${hash}01`),
          description: options.memo ?? "fake",
          expiryS: options.expiryS ?? 3600,
          minFinalCltvExpiry: 80,
        },
        (options.payee ?? identity).secretKey,
      );
      const feeMsat = options.feeMsat ?? 1000n;
      const hold = options.hold ?? false;
      const invoice = { bolt11, hash, preimage, feeMsat, hold, forgotten: false, timesPaid: 0 };
      invoices.set(hash, invoice);
      return invoice;
    },
    find: (hash: string): ForeignInvoice | null => invoices.get(hash) ?? null,
    doublePaid: () => [...invoices.values()].filter((one) => one.timesPaid > 1).length,
  };
}
export type Payees = ReturnType<typeof createPayees>;
