import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "@timmy/companion/ledger/port";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";
import { addInvoice, pay } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";
import { connectTimmy, type TimmyNode } from "./timmy-node.ts";
import { channelPlans } from "./topology.ts";
import { until } from "./wait.ts";

const capacityMsat = channelPlans.reduce((sum, plan) => sum + BigInt(plan.sat) * 1000n, 0n);
const sat = (amount: number) => BigInt(amount) * 1000n;

describe.skipIf(skipped.yes)(`three ledgers${skipped.reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-ledgers-"));
  let network: Network;
  let office: House;
  let home: House;
  let robot: House;
  let bank: TimmyNode;
  const houses = () => [office, home, robot];

  beforeAll(async () => {
    network = await startNetwork();
    const { nodes } = network;
    office = await openHouse(nodes.office, folder);
    home = await openHouse(nodes.home, folder);
    robot = await openHouse(nodes.robot, folder);
    bank = await connectTimmy(nodes.bank);
  });
  afterAll(async () => {
    for (const house of houses()) await house?.stop();
    await bank?.close();
    await network?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const posted = (house: House, account: Account) => house.books.ledger.balance(account).postedMsat;
  /** `harmless` are the kinds of differences that a proof names although nothing is missing. */
  async function proveAll(harmless: readonly string[] = []): Promise<void> {
    for (const house of houses()) {
      await until("no HTLC is left", 30_000, async () => {
        const channels = await house.timmy.backend.channels();
        return channels.every((channel) => channel.pendingHtlcs === 0);
      });
      const proof = await house.reconciler.run();
      const kinds = house === office ? harmless : [];
      expect(proof.differences.map(({ kind }) => kind)).toEqual(kinds);
      expect(proof.ok).toBe(true);
      expect(house.books.ledger.verify()).toEqual([]);
    }
    expect(await inAllChannels()).toBe(capacityMsat);
  }
  /** What four nodes say that they have in channels, each of its own side. */
  async function inAllChannels(): Promise<bigint> {
    const backends = [...houses().map((house) => house.timmy.backend), bank.backend];
    const balances = await Promise.all(backends.map((backend) => backend.getBalance()));
    return balances.reduce(
      (sum, balance) => sum + balance.channelLocalMsat + balance.channelReservedMsat,
      0n,
    );
  }
  async function buy(buyer: House, seller: House, order: string, amountMsat: bigint) {
    const { id } = await buyer.send(await seller.sell(order, amountMsat));
    const payment = await buyer.ended(id);
    expect(payment.state).toBe("succeeded");
    await seller.sold(order);
    return payment;
  }

  it("agree with the nodes to the millisatoshi from the first look on", async () => {
    await proveAll();
    for (const house of houses()) {
      const { onchainConfirmedMsat, channelLocalMsat, channelReservedMsat } =
        await house.timmy.backend.getBalance();
      const all = onchainConfirmedMsat + channelLocalMsat + channelReservedMsat;
      expect(posted(house, "party:owner")).toBe(all);
    }
  });

  it("agree after sales and payments among them, and home earned one satoshi", async () => {
    const before = posted(home, "income:routing");
    const { feeMsat } = await buy(office, robot, "door", sat(50));
    expect(feeMsat).toBe(1000n);
    await proveAll();
    expect(posted(home, "income:routing") - before).toBe(1000n);

    await buy(office, home, "tea", 1_234_567n);
    await buy(office, robot, "a big door", sat(30_000));
    await buy(robot, home, "current", sat(4000));
    await buy(home, office, "advice", sat(777));
    const seen = posted(office, "party:agent:alice");
    const bolt11 = await office.sell("a song", sat(900), "agent:alice");
    expect((await home.ended((await home.send(bolt11)).id)).state).toBe("succeeded");
    await office.sold("a song");
    expect(posted(office, "party:agent:alice") - seen).toBe(sat(900));
    await proveAll();
  });

  it("agree after a payment that found no way and one that nobody ordered", async () => {
    const { bank, office: node } = network.nodes;
    const bolt11 = await addInvoice(bank, { value_msat: "3000000000" });
    const failed = await office.ended((await office.send(bolt11)).id);
    expect(failed.state).toBe("failed");
    const owner = posted(office, "party:owner");
    const gift = await addInvoice(node, { value_msat: "12345" });
    expect((await pay(bank, gift)).status).toBe("SUCCEEDED");
    await until("the gift is in the books", 30_000, () => {
      return posted(office, "party:owner") === owner + 12_345n;
    });
    await proveAll();
  });

  it("agree after coins came over the chain", async () => {
    const addr = await office.timmy.backend.newAddress();
    const coins = { addr, amount: "150000", sat_per_vbyte: "2" };
    await network.nodes.bank.rest("POST", "/v1/transactions", coins);
    await until("office sees the coins", 20_000, async () => {
      return (await office.timmy.backend.getBalance()).onchainUnconfirmedMsat > 0n;
    });
    await proveAll(["deposit-unconfirmed"]);
    const before = posted(office, "asset:onchain-warm");
    await network.mine(1);
    await proveAll();
    expect(posted(office, "asset:onchain-warm") - before).toBe(sat(150_000));
  });

  it("would be caught with a single millisatoshi that is not there", async () => {
    office.books.write(() =>
      office.books.ledger.post({
        ...{ key: "planted", kind: "planted", actor: "tester", note: "", reference: "" },
        ...{ party: "", service: "" },
        postings: [
          { account: "asset:ln-hot", amountMsat: 1n },
          { account: "suspense", amountMsat: -1n },
        ],
      }),
    );
    const proof = await office.reconciler.run();
    expect(proof.ok).toBe(false);
    expect(proof.differences).toHaveLength(1);
    const [difference] = proof.differences;
    expect((difference?.ledgerMsat ?? 0n) - (difference?.nodeMsat ?? 0n)).toBe(1n);
  });
});
