import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";
import { addHoldInvoice, cancelHold, settleHold, waitHeld } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";
import { until } from "./wait.ts";

const amountMsat = 5_000_000n;

describe.skipIf(skipped.yes)(`a payment while lnd is killed${skipped.reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-crash-"));
  let network: Network;
  let house: House;
  beforeAll(async () => {
    network = await startNetwork();
    house = await openHouse(network.nodes.office, folder);
    expect(await house.reconciler.run()).toMatchObject({ ok: true, differences: [] });
  });
  afterAll(async () => {
    await house?.stop();
    await network?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const hot = () => house.books.ledger.balance("asset:ln-hot").postedMsat;
  const inflight = () => house.books.ledger.balance("asset:ln-inflight").postedMsat;

  /** Sends to a payee who holds it, and kills office's lnd while the HTLC lies there. */
  async function sendAndKill() {
    const { office, robot } = network.nodes;
    const preimage = randomBytes(32).toString("hex");
    const hash = createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex");
    const { id } = await house.send(await addHoldInvoice(robot, hash, amountMsat));
    await waitHeld(robot, hash);
    await office.kill();
    await until("it is not known what became of it", 30_000, () => {
      return house.payments.get(id)?.state === "unknown";
    });
    expect(inflight()).toBe(amountMsat + 5000n);
    expect(house.books.ledger.openHolds()).toHaveLength(1);
    return { id, hash, preimage };
  }
  const revive = async () => {
    await network.nodes.office.start();
    await network.waitReady();
  };
  async function expectPaid(id: string, preimage: string, before: bigint) {
    const payment = await house.ended(id);
    expect(payment).toMatchObject({ state: "succeeded", preimage });
    const feeMsat = payment.feeMsat ?? -1n;
    expect(feeMsat).toBeGreaterThan(0n);
    await expectCalm();
    expect(before - hot()).toBe(amountMsat + feeMsat);
  }
  async function expectCalm() {
    expect(inflight()).toBe(0n);
    expect(house.books.ledger.openHolds()).toEqual([]);
    expect(house.books.ledger.verify()).toEqual([]);
    await until("nothing is on its way", 30_000, async () => {
      const channels = await house.timmy.backend.channels();
      return channels.every((channel) => channel.pendingHtlcs === 0);
    });
    const proof = await house.reconciler.run();
    expect(proof).toMatchObject({ ok: true, differences: [] });
  }

  it("is paid once when the payee settles after the restart", async () => {
    const before = hot();
    const { id, preimage } = await sendAndKill();
    await revive();
    expect(house.payments.get(id)?.state).not.toBe("failed");
    await settleHold(network.nodes.robot, preimage);
    await expectPaid(id, preimage, before);
  });

  it("is paid once when the payee settles while lnd is dead", async () => {
    const before = hot();
    const { id, preimage } = await sendAndKill();
    await settleHold(network.nodes.robot, preimage);
    await revive();
    await expectPaid(id, preimage, before);
  });

  it("comes back whole when the payee cancels while lnd is dead", async () => {
    const before = hot();
    const { id, hash } = await sendAndKill();
    await cancelHold(network.nodes.robot, hash);
    await revive();
    expect((await house.ended(id)).state).toBe("failed");
    await expectCalm();
    expect(hot()).toBe(before);
  });

  it("is paid once when Timmy dies with lnd", async () => {
    const before = hot();
    const { id, preimage } = await sendAndKill();
    await house.stop();
    await settleHold(network.nodes.robot, preimage);
    await revive();
    house = await openHouse(network.nodes.office, folder);
    await expectPaid(id, preimage, before);
    expect(house.payments.byHash(house.payments.get(id)?.paymentHash ?? "")).toHaveLength(1);
  });
});
