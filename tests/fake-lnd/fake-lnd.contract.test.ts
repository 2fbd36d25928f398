import { lightningContract } from "@timmy/companion/lightning/backend-contract";
import type { ContractFixture } from "@timmy/companion/lightning/contract-fixture";
import { startConnected } from "./connected.ts";

async function makeFixture(): Promise<ContractFixture> {
  const { fake, backend, pass, stop } = await startConnected();
  const { node } = fake;
  const [, payer] = node.peers;
  node.chain.receive(node.chain.newAddress(), 2_000_000n);
  node.mine(6);
  backend.start();
  const hashOf = (bolt11: string) => backend.decode(bolt11).paymentHash;
  return {
    backend,
    stop,
    nowS: node.nowS,
    makeForeignInvoice: async (amountMsat, memo, expiryS = 3600) =>
      node.makeForeignInvoice(amountMsat, { memo, expiryS }).bolt11,
    payOurs: async (bolt11) => node.payOurs(hashOf(bolt11)),
    passTime: async (seconds) => pass(seconds * 1000),
    makeHeldInvoice: async (amountMsat) => {
      const { bolt11, hash } = node.makeForeignInvoice(amountMsat, { hold: true });
      return {
        bolt11,
        settle: async () => node.payments.release(hash, null),
        cancel: async () => node.payments.release(hash, "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS"),
      };
    },
    forgetForeign: async (bolt11) => {
      const invoice = node.payees.find(hashOf(bolt11));
      if (invoice !== null) invoice.forgotten = true;
    },
    circle: {
      outgoingChannelId: String(node.channels.list()[0]?.id),
      lastHopPubkey: payer?.pubkey ?? "",
    },
    forward: async (amountMsat) => node.forward(amountMsat, 1000n),
    sendCoins: async (address, amountSat) => void node.chain.receive(address, amountSat),
    mine: async (blocks) => node.mine(blocks),
    peer: { pubkey: payer?.pubkey ?? "", address: "" },
    outage: { begin: () => fake.leave(), end: () => fake.comeBack() },
  };
}

lightningContract("lnd against the fake LND", makeFixture);
