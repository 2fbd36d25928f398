import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import {
  able,
  calmBalance,
  eventually,
  freshPreimage,
  hashOf,
  listen,
  newInvoice,
  pay,
  sat,
  type World,
} from "./case-world.ts";

export function healthCases(world: World): void {
  describe("the node", () => {
    it("is active, has a key and names its network", async () => {
      const health = await world().backend.healthCheck();
      expect(health).toMatchObject({ state: "active", code: null, sentence: "" });
      expect(health.pubkey).toMatch(/^0[23][0-9a-f]{64}$/);
      expect(health.network).toBe(world().backend.network);
      expect(health.version).not.toBe("");
      expect(health.blockHeight).toBeGreaterThan(0);
      expect(health.syncedToChain).toBe(true);
      if (world().backend.kind === "mock") expect(health.alias).toContain("mock");
    });
    it("says that it is away, refuses, and is back by itself", async (context) => {
      const outage = able(world().outage, context);
      const { backend } = world();
      const bolt11 = await world().makeForeignInvoice(sat(12), "later");
      const ear = listen(world, await newInvoice(world));
      await outage.begin();
      try {
        await eventually(async () => {
          expect(await backend.healthCheck()).toMatchObject({ state: "away", code: "lnd-away" });
        });
        const away = { code: "lnd-away" };
        await expect(newInvoice(world)).rejects.toMatchObject(away);
        await expect(backend.getBalance()).rejects.toMatchObject(away);
        expect(["refused", "unknown"]).toContain((await pay(world, bolt11)).state);
        await ear.end();
      } finally {
        await outage.end();
      }
      await eventually(async () => {
        expect((await backend.healthCheck()).state).toBe("active");
      });
      expect((await newInvoice(world)).state).toBe("open");
    });
  });
}

export function balanceCases(world: World): void {
  describe("balance and channels", () => {
    it("agree with each other, to less than a satoshi a channel", async () => {
      const balance = await calmBalance(world);
      const channels = await world().backend.channels();
      const local = channels.reduce((sum, channel) => sum + channel.localMsat, 0n);
      // LND tells a channel's balance in satoshi, rounded down, and the sum of all in msat.
      const cutMsat = balance.channelLocalMsat - local;
      expect(cutMsat).toBeGreaterThanOrEqual(0n);
      expect(cutMsat).toBeLessThan(BigInt(channels.length) * 1000n);
      expect(local).toBeGreaterThan(sat(300_000));
    });
    it("describe each channel", async () => {
      await calmBalance(world);
      const channels = await world().backend.channels();
      expect(channels.length).toBeGreaterThan(0);
      for (const channel of channels) {
        expect(channel.id).toMatch(/^[1-9][0-9]{0,19}$/);
        expect(channel.point).toMatch(/^[0-9a-f]{64}:[0-9]+$/);
        expect(channel.peerPubkey).toMatch(/^0[23][0-9a-f]{64}$/);
        expect(channel.localMsat + channel.remoteMsat).toBeLessThanOrEqual(channel.capacityMsat);
        expect(channel.localReserveMsat).toBeGreaterThan(0n);
        expect(channel.pendingHtlcs).toBe(0);
      }
    });
    it("grow by what is paid to us", async () => {
      const before = await calmBalance(world);
      const invoice = await newInvoice(world, { amountMsat: sat(4321) });
      await world().payOurs(invoice.bolt11);
      await eventually(async () => {
        const after = await calmBalance(world);
        expect(after.channelLocalMsat - before.channelLocalMsat).toBe(sat(4321));
      });
    });
    it("stop at once for a caller who gave up", async () => {
      const { backend } = world();
      await expect(backend.getBalance(AbortSignal.abort())).rejects.toBeInstanceOf(Error);
      await expect(backend.channels(AbortSignal.abort())).rejects.toBeInstanceOf(Error);
    });
    it("count the fee of what passed through", async (context) => {
      const forward = able(world().forward, context);
      const { backend } = world();
      const page = { sinceS: 0, offset: 0, limit: 1000 };
      const before = await backend.forwards(page);
      await forward(sat(1500));
      const after = await eventually(async () => {
        const now = await backend.forwards(page);
        expect(now.length).toBe(before.length + 1);
        return now;
      });
      const last = after.at(-1);
      expect(last?.amountOutMsat).toBe(sat(1500));
      expect(last?.feeMsat).toBeGreaterThan(0n);
      expect(last?.channelIn).not.toBe(last?.channelOut);
      const next = { ...page, offset: after.length };
      expect(await backend.forwards(next)).toEqual([]);
    });
  });
}

export function walletCases(world: World): void {
  describe("the wallet", () => {
    const prefixes = { mainnet: "bc1", testnet: "tb1", signet: "tb1", regtest: "bcrt1" } as const;
    it("gives a fresh address of its network each time", async () => {
      const { backend } = world();
      const [a, b] = [await backend.newAddress(), await backend.newAddress()];
      expect(a.startsWith(prefixes[backend.network])).toBe(true);
      expect(a).not.toBe(b);
    });
    it("counts coins when they come and when they are confirmed", async (context) => {
      const [sendCoins, mine] = [able(world().sendCoins, context), able(world().mine, context)];
      const { backend } = world();
      const before = await backend.getBalance();
      await sendCoins(await backend.newAddress(), 250_000n);
      await eventually(async () => {
        const { onchainUnconfirmedMsat } = await backend.getBalance();
        expect(onchainUnconfirmedMsat - before.onchainUnconfirmedMsat).toBe(sat(250_000));
      });
      await mine(1);
      await eventually(async () => {
        // More on a network whose miner is our own wallet.
        const { onchainConfirmedMsat } = await backend.getBalance();
        const more = onchainConfirmedMsat - before.onchainConfirmedMsat;
        expect(more).toBeGreaterThanOrEqual(sat(250_000));
      });
      const coins = await backend.unspent();
      expect(coins.map((coin) => coin.amountMsat)).toContain(sat(250_000));
      for (const { confirmations } of coins) expect(confirmations).toBeGreaterThan(0);
    });
    it("signs a sweep without publishing it, then publishes it once or twice", async (context) => {
      const [sendCoins, mine] = [able(world().sendCoins, context), able(world().mine, context)];
      const { backend } = world();
      await sendCoins(await backend.newAddress(), 400_000n);
      await mine(1);
      await eventually(async () => {
        expect((await backend.unspent()).map((c) => c.amountMsat)).toContain(sat(400_000));
      });
      const address = await backend.newAddress();
      const signed = await backend.fundSweep({ address, amountSat: 50_000n, satPerVbyte: 2 });
      expect(signed.txid).toMatch(/^[0-9a-f]{64}$/);
      expect(signed.feeMsat).toBeGreaterThan(0n);
      expect(signed.feeMsat).toBeLessThan(sat(5000));
      expect(await backend.confirmations(signed.txid)).toBeNull();
      expect((await backend.getBalance()).onchainLockedMsat).toBeGreaterThan(0n);
      for (let k = 0; k < 2; k++) await backend.publishTransaction(signed.rawHex, "sweep");
      await eventually(async () => {
        expect(await backend.confirmations(signed.txid)).toBe(0);
      });
      await mine(2);
      await eventually(async () => {
        expect(await backend.confirmations(signed.txid)).toBeGreaterThanOrEqual(2);
      });
    });
    it("does not know a transaction that it never saw", async () => {
      expect(await world().backend.confirmations(hashOf(freshPreimage()))).toBeNull();
    });
    it("refuses a sweep of more than there is, and an address that is none", async () => {
      const { backend } = world();
      const address = await backend.newAddress();
      const all = backend.fundSweep({ address, amountSat: 2_000_000_000_000n, satPerVbyte: 2 });
      await expect(all).rejects.toBeInstanceOf(TimmyError);
      const nowhere = { address: "bcrt1nowhere", amountSat: 10_000n, satPerVbyte: 2 };
      await expect(backend.fundSweep(nowhere)).rejects.toBeInstanceOf(TimmyError);
    });
    it("opens a channel that is pending, then ours", async (context) => {
      const [peer, mine] = [able(world().peer, context), able(world().mine, context)];
      const { backend } = world();
      const known = (await backend.channels()).map((channel) => channel.point);
      const point = await backend.openChannel({
        peerPubkey: peer.pubkey,
        peerAddress: peer.address,
        capacitySat: 100_000n,
        satPerVbyte: 2,
        isPrivate: false,
      });
      const { pendingOpenMsat } = await backend.getBalance();
      expect(pendingOpenMsat).toBeGreaterThan(sat(90_000));
      expect(pendingOpenMsat).toBeLessThanOrEqual(sat(100_000));
      await mine(6);
      await eventually(async () => {
        const fresh = (await backend.channels()).filter((c) => !known.includes(c.point));
        expect(fresh).toMatchObject([
          {
            point: `${point.txid}:${point.index}`,
            peerPubkey: peer.pubkey,
            capacityMsat: sat(100_000),
            initiator: true,
          },
        ]);
      });
    });
    it("refuses a channel to a key that nobody has", async () => {
      const nobody = { peerPubkey: `02${"ff".repeat(32)}`, peerAddress: "" };
      const wish = { ...nobody, capacitySat: 100_000n, satPerVbyte: 2, isPrivate: false };
      await expect(world().backend.openChannel(wish)).rejects.toBeInstanceOf(TimmyError);
    });
  });
}
