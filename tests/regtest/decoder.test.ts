import { createHash, randomBytes } from "node:crypto";
import { decodeInvoice } from "@timmy/companion/lightning/bolt11";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nobodysAddress } from "./btcd.ts";
import { addHoldInvoice, addInvoice, type InvoiceWish } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";

interface PayReq {
  readonly destination: string;
  readonly payment_hash: string;
  readonly num_msat: string;
  readonly timestamp: string;
  readonly expiry: string;
  readonly description: string;
  readonly description_hash: string;
  readonly cltv_expiry: string;
}

const kinds: Readonly<Record<string, InvoiceWish>> = {
  "of 1 msat": { value_msat: "1" },
  "of an odd number of msat": { value_msat: "1234567" },
  "of 50 sat": { value_msat: "50000" },
  "of a thousandth of a bitcoin": { value_msat: "100000000" },
  "of more than a channel holds": { value_msat: "2500000000000" },
  "without an amount": { value_msat: "0" },
  "without a memo": { value_msat: "1000", memo: "" },
  "with a memo beyond ASCII": { value_msat: "1000", memo: "für Tür 3, ¥ ナンセンス" },
  "with the longest memo": { value_msat: "1000", memo: "x".repeat(639) },
  "with a hash instead of a memo": {
    value_msat: "1000",
    description_hash: createHash("sha256").update("long").digest("base64"),
  },
  "with a fallback address": { value_msat: "1000", fallback_addr: nobodysAddress },
  "with an older kind of fallback address": {
    value_msat: "1000",
    fallback_addr: "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r",
  },
  "that expires in a second": { value_msat: "1000", expiry: "1" },
  "that expires in a year": { value_msat: "1000", expiry: "31536000" },
  "with another delta": { value_msat: "1000", cltv_expiry: "144" },
  "with hints of private channels": { value_msat: "1000", private: true },
};

describe.skipIf(skipped.yes)(`our decoder and lnd's own${skipped.reason}`, () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork();
  });
  afterAll(() => network?.stop());

  async function compare(bolt11: string): Promise<void> {
    const lnd = await network.nodes.office.rest<PayReq>("GET", `/v1/payreq/${bolt11}`);
    const ours = decodeInvoice(bolt11);
    expect(ours).toEqual({
      bolt11,
      network: "regtest",
      paymentHash: lnd.payment_hash,
      // REST has no other way than zero to say that there is no amount.
      amountMsat: lnd.num_msat === "0" ? null : BigInt(lnd.num_msat),
      description: lnd.description,
      descriptionHash: lnd.description_hash === "" ? null : lnd.description_hash,
      payee: lnd.destination,
      createdS: Number(lnd.timestamp),
      expiresS: Number(lnd.timestamp) + Number(lnd.expiry),
      minFinalCltvExpiry: Number(lnd.cltv_expiry),
    });
  }

  it.each(Object.entries(kinds))("agree on an invoice %s", async (_name, wish) => {
    await compare(await addInvoice(network.nodes.robot, wish));
  });
  it("agree on a hold invoice", async () => {
    const hash = randomBytes(32).toString("hex");
    await compare(await addHoldInvoice(network.nodes.robot, hash, 5000n));
  });
  it.each([
    // BOLT11 wants unknown even features refused.
    ["AMP", { value_msat: "1000", is_amp: true }],
    // BLIP39 puts the payment secret into the path; BOLT11 wants one in the invoice.
    ["blinded paths", { value_msat: "1000", is_blinded: true }],
  ])("differ on %s, which lnd reads beyond BOLT11", async (_name, wish: InvoiceWish) => {
    const bolt11 = await addInvoice(network.nodes.robot, wish);
    await network.nodes.office.rest("GET", `/v1/payreq/${bolt11}`);
    expect(() => decodeInvoice(bolt11)).toThrow(expect.objectContaining({ code: "bad-invoice" }));
  });
  it("agree that a letter was changed in any place", async () => {
    const bolt11 = await addInvoice(network.nodes.robot, { value_msat: "1000", memo: "tea" });
    for (let at = 0; at < bolt11.length; at += 17) {
      const letter = bolt11[at] === "q" ? "p" : "q";
      const bad = `${bolt11.slice(0, at)}${letter}${bolt11.slice(at + 1)}`;
      expect(() => decodeInvoice(bad)).toThrow();
      await expect(network.nodes.office.rest("GET", `/v1/payreq/${bad}`)).rejects.toThrow();
    }
  });
});
