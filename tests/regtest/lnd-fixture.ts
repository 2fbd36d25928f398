import { createHash, randomBytes } from "node:crypto";
import type { ContractFixture } from "@timmy/companion/lightning/contract-fixture";
import {
  addHoldInvoice,
  addInvoice,
  cancelHold,
  channelId,
  pay,
  paymentHashOf,
  settleHold,
  waitHeld,
} from "./invoices.ts";
import { limits } from "./limits.ts";
import { startNetwork } from "./network.ts";
import { connectTimmy } from "./timmy-node.ts";
import { until } from "./wait.ts";

/** Timmy is office; robot is the payee two hops away, home the stranger who pays. */
export async function createLndFixture(): Promise<ContractFixture> {
  const network = await startNetwork();
  const { office, home, robot, bank } = network.nodes;
  const timmy = await connectTimmy(office);
  const paid = async (payment: ReturnType<typeof pay>) => {
    const { status, failure_reason } = await payment;
    if (status !== "SUCCEEDED") throw new Error(failure_reason);
  };
  return {
    backend: timmy.backend,
    nowS: () => Math.floor(Date.now() / 1000),
    makeForeignInvoice: (amountMsat, memo, expiryS = 3600) =>
      addInvoice(robot, {
        value_msat: (amountMsat ?? 0n).toString(),
        memo,
        expiry: expiryS.toString(),
      }),
    payOurs: (bolt11) => paid(pay(home, bolt11)),
    async stop() {
      await timmy.close();
      await network.stop();
    },
    async passTime(seconds) {
      const end = performance.now() + seconds * 1000;
      const patienceMs = seconds * 1000 + limits.callMs;
      await until(`${seconds} s are over`, patienceMs, () => performance.now() > end);
    },
    async makeHeldInvoice(amountMsat) {
      const preimage = randomBytes(32);
      const hash = createHash("sha256").update(preimage).digest("hex");
      return {
        bolt11: await addHoldInvoice(robot, hash, amountMsat),
        async settle() {
          // What left us may not have come to the payee yet.
          await waitHeld(robot, hash);
          await settleHold(robot, preimage.toString("hex"));
        },
        cancel: async () => void (await cancelHold(robot, hash)),
      };
    },
    async forgetForeign(bolt11) {
      await cancelHold(robot, await paymentHashOf(robot, bolt11));
    },
    circle: {
      outgoingChannelId: await channelId(office, home),
      lastHopPubkey: bank.pubkey(),
    },
    async forward(amountMsat) {
      const bolt11 = await addInvoice(bank, { value_msat: amountMsat.toString() });
      const outgoingChannelId = await channelId(home, office);
      await paid(pay(home, bolt11, { outgoingChannelId }));
    },
    async sendCoins(addr, amountSat) {
      const coins = { addr, amount: amountSat.toString(), sat_per_vbyte: "2" };
      await bank.rest("POST", "/v1/transactions", coins);
    },
    mine: (blocks) => network.mine(blocks),
    peer: { pubkey: bank.pubkey(), address: bank.peerAddress },
    outage: {
      begin: () => office.stop(),
      async end() {
        await office.start();
        await network.waitReady();
      },
    },
  };
}
