import { randomBytes } from "node:crypto";
import type { LndBackend } from "@timmy/companion/lightning/lnd/lnd-backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addInvoice } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";
import { connectTimmy, type TimmyNode } from "./timmy-node.ts";
import { until } from "./wait.ts";

describe.skipIf(skipped.yes)(`a real lnd that goes away${skipped.reason}`, () => {
  let network: Network;
  let timmy: TimmyNode;
  let backend: LndBackend;
  const becomes = (state: string, withinMs: number) =>
    until(`Timmy sees office ${state}`, withinMs, () => backend.health().state === state);
  const newInvoice = () =>
    backend.createInvoice({
      preimage: randomBytes(32),
      amountMsat: 1000n,
      memo: "",
      expiryS: 600,
    });
  const send = async () => {
    const bolt11 = await addInvoice(network.nodes.robot, { value_msat: "50000" });
    const wish = { bolt11, maxFeeMsat: 5000n, timeoutS: 20 };
    return backend.payInvoice(wish, { signal: AbortSignal.timeout(60_000) });
  };

  beforeAll(async () => {
    network = await startNetwork();
    timmy = await connectTimmy(network.nodes.office);
    backend = timmy.backend;
    await becomes("active", 10_000);
  });
  afterAll(async () => {
    await timmy?.close();
    await network?.stop();
  });

  it.each(["stop", "kill"] as const)(
    "is seen by itself within 5 s of its return (%s)",
    async (how) => {
      const { office } = network.nodes;
      await office[how]();
      await becomes("away", 10_000);
      await expect(newInvoice()).rejects.toMatchObject({ code: "lnd-away" });
      await office.start();
      await office.waitActive();
      const back = performance.now();
      await becomes("active", 5000);
      console.log(`seen ${Math.round(performance.now() - back)} ms after lnd was active`);
      await network.waitReady();
      expect((await send()).state).toBe("succeeded");
    },
  );

  it("says that the wallet is locked, and is active once a person opens it", async () => {
    const { office } = network.nodes;
    await office.stop();
    await office.start({ locked: true });
    await becomes("locked", 10_000);
    expect(await backend.healthCheck()).toMatchObject({ state: "locked", code: "lnd-locked" });
    await expect(newInvoice()).rejects.toMatchObject({ code: "lnd-locked" });
    await expect(backend.getBalance()).rejects.toMatchObject({ code: "lnd-locked" });
    await office.unlock();
    await becomes("active", 60_000);
    expect((await newInvoice()).state).toBe("open");
    await network.waitReady();
  });

  it("waits with a payment while btcd is gone, and pays once it is back", async () => {
    const { btcd } = network;
    const height = await btcd.height();
    await btcd.kill();
    // lnd asks for the height before it looks for a way, and that question waits.
    const payment = send();
    await btcd.start();
    expect(await btcd.height()).toBe(height);
    expect((await payment).state).toBe("succeeded");
    await network.mine(2);
    const health = await backend.healthCheck();
    expect(health).toMatchObject({ state: "active", syncedToChain: true, blockHeight: height + 2 });
    expect((await send()).state).toBe("succeeded");
  });
});
