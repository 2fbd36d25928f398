import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { lightningContract } from "./backend-contract.ts";
import type { ContractFixture } from "./contract-fixture.ts";
import { createMockBackend } from "./mock.ts";

async function makeFixture(): Promise<ContractFixture> {
  const time = createVirtualTime();
  const mock = createMockBackend({ clock: time.clock, random: createRandom(21) });
  const hashOf = (bolt11: string) => mock.decode(bolt11).paymentHash;
  const first = (await mock.channels())[0];
  return {
    backend: mock,
    nowS: () => Math.floor(time.clock.wallMs() / 1000),
    makeForeignInvoice: async (amountMsat, memo, expiryS) =>
      mock.makeForeignInvoice(amountMsat, memo, expiryS),
    payOurs: async (bolt11) => mock.payOurs(bolt11),
    stop: () => mock.close(),
    passTime: async (seconds) => {
      time.advanceTo(time.clock.monotonicMs() + seconds * 1000);
    },
    makeHeldInvoice: async (amountMsat) => {
      const bolt11 = mock.makeForeignInvoice(amountMsat, "held");
      const hash = hashOf(bolt11);
      mock.holdForeign(hash);
      return {
        bolt11,
        settle: async () => mock.release(hash, "settle"),
        cancel: async () => mock.release(hash, "incorrect-details"),
      };
    },
    forgetForeign: async (bolt11) => mock.forgetForeign(hashOf(bolt11)),
    circle: { outgoingChannelId: first?.id ?? "", lastHopPubkey: mock.pubkeyOf("bridge") },
    forward: async (amountMsat) => {
      mock.forward(amountMsat);
    },
    sendCoins: async (address, amountSat) => {
      mock.sendCoins(address, amountSat);
    },
    mine: async (blocks) => mock.mine(blocks),
    peer: { pubkey: mock.pubkeyOf("payee"), address: "" },
    outage: { begin: async () => mock.setNode("away"), end: async () => mock.setNode("active") },
  };
}

lightningContract("the mock", makeFixture);
