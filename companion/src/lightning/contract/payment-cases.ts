import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import { encodeInvoice } from "../bolt11-encoder.ts";
import {
  able,
  calmBalance,
  eventually,
  following,
  freshPreimage,
  hashOf,
  newInvoice,
  pay,
  sat,
  type World,
} from "./case-world.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export function payingCases(world: World): void {
  describe("paying", () => {
    const hashIn = (bolt11: string) => world().backend.decode(bolt11).paymentHash;
    it("brings the preimage and costs amount and fee, to the millisatoshi", async () => {
      const before = await calmBalance(world);
      const bolt11 = await world().makeForeignInvoice(sat(5000), "beans");
      const outcome = await pay(world, bolt11);
      expect(outcome.state).toBe("succeeded");
      if (outcome.state !== "succeeded") return;
      expect(hashOf(outcome.preimage)).toBe(hashIn(bolt11));
      expect(outcome.feeMsat).toBeGreaterThan(0n);
      expect(outcome.feeMsat).toBeLessThanOrEqual(sat(50));
      const after = await calmBalance(world);
      const cost = before.channelLocalMsat - after.channelLocalMsat;
      expect(cost).toBe(sat(5000) + outcome.feeMsat);
    });
    it("says that it exists when it is paid again", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(100), "once");
      expect((await pay(world, bolt11)).state).toBe("succeeded");
      expect(await pay(world, bolt11)).toEqual({ state: "exists" });
    });
    it("finds no way under a fee limit that is too low, and then may be tried again", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(700), "cheap");
      const tight = await pay(world, bolt11, { maxFeeMsat: 0n });
      expect(tight).toEqual({ state: "failed", reason: "no-route" });
      expect((await pay(world, bolt11)).state).toBe("succeeded");
    });
    it("pays what the payer chooses when the invoice names no amount", async () => {
      const before = await calmBalance(world);
      const bolt11 = await world().makeForeignInvoice(null, "as you like");
      expect(world().backend.decode(bolt11).amountMsat).toBeNull();
      const outcome = await pay(world, bolt11, { amountMsat: sat(321) });
      if (outcome.state !== "succeeded") throw new Error(JSON.stringify(outcome));
      const after = await calmBalance(world);
      const cost = before.channelLocalMsat - after.channelLocalMsat;
      expect(cost).toBe(sat(321) + outcome.feeMsat);
    });
    it("refuses an invoice without an amount when none is given", async () => {
      const bolt11 = await world().makeForeignInvoice(null, "nothing");
      expect(await pay(world, bolt11)).toMatchObject({ state: "refused", code: "amount-missing" });
    });
    it("refuses another amount than the one that the invoice names", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(10), "ten");
      const outcome = await pay(world, bolt11, { amountMsat: sat(11) });
      expect(outcome).toMatchObject({ state: "refused", code: "amount-mismatch" });
    });
    it("fails without a loss when the money is not there", async () => {
      const before = await calmBalance(world);
      const bolt11 = await world().makeForeignInvoice(sat(900_000_000), "a house");
      const outcome = await pay(world, bolt11);
      expect(outcome).toMatchObject({
        state: "failed",
        reason: expect.stringMatching(/^(insufficient-balance|no-route)$/),
      });
      expect((await calmBalance(world)).channelLocalMsat).toBe(before.channelLocalMsat);
    });
    it("ends as incorrect details when the payee does not know it", async (context) => {
      const forget = able(world().forgetForeign, context);
      const bolt11 = await world().makeForeignInvoice(sat(60), "forgotten");
      await forget(bolt11);
      expect(await pay(world, bolt11)).toEqual({ state: "failed", reason: "incorrect-details" });
    });
    it("refuses an invoice of its own that is not circular", async () => {
      const { bolt11 } = await newInvoice(world);
      expect((await pay(world, bolt11)).state).toBe("refused");
    });
    it("pays in a circle through two channels of ours", async (context) => {
      const circular = able(world().circle, context);
      const { backend } = world();
      const before = await calmBalance(world);
      const invoice = await newInvoice(world, { amountMsat: sat(10_000) });
      const outcome = await pay(world, invoice.bolt11, { circular });
      if (outcome.state !== "succeeded") throw new Error(JSON.stringify(outcome));
      const after = await calmBalance(world);
      expect(before.channelLocalMsat - after.channelLocalMsat).toBe(outcome.feeMsat);
      expect((await backend.checkPayment(invoice.paymentHash)).state).toBe("settled");
    });
  });
}

export function refusalCases(world: World): void {
  describe("what may never leave", () => {
    const stranger = (network: "mainnet" | "regtest", expiryS: number, createdS: number) =>
      encodeInvoice(
        {
          network,
          amountMsat: sat(5),
          createdS,
          paymentHash: hashOf(freshPreimage()),
          paymentSecret: hex(freshPreimage()),
          description: "from nobody",
          expiryS,
        },
        freshPreimage(),
      );
    it("refuses what is no invoice", async () => {
      const { backend } = world();
      expect(() => backend.decode("lnbcrt1nonsense")).toThrow(TimmyError);
      const outcome = await pay(world, "lnbcrt1nonsense");
      expect(outcome).toMatchObject({ state: "refused", code: "bad-invoice" });
    });
    it("refuses an invoice of another network", async () => {
      const { backend } = world();
      const bolt11 = stranger("mainnet", 3600, world().nowS());
      const wanted = { code: "wrong-network" };
      expect(() => backend.decode(bolt11)).toThrow(expect.objectContaining(wanted));
      expect(await pay(world, bolt11)).toMatchObject({ state: "refused", ...wanted });
    });
    it("refuses an invoice that has expired", async () => {
      const bolt11 = stranger("regtest", 60, world().nowS() - 600);
      const outcome = await pay(world, bolt11);
      expect(outcome).toMatchObject({ state: "refused", code: "invoice-expired" });
    });
    it("finds no route to a node that nobody knows", async () => {
      const bolt11 = stranger("regtest", 3600, world().nowS());
      expect(await pay(world, bolt11)).toEqual({ state: "failed", reason: "no-route" });
    });
    it("sends nothing for a caller who gave up before", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(20), "never");
      const { backend } = world();
      const outcome = await pay(world, bolt11, {}, { signal: AbortSignal.abort() });
      expect(["unknown", "refused"]).toContain(outcome.state);
      const hash = backend.decode(bolt11).paymentHash;
      expect(await backend.trackPayment(hash, following())).toEqual({ state: "not-found" });
    });
  });
}

export function trackingCases(world: World): void {
  describe("following a payment", () => {
    const track = (hash: string, follow = following()) =>
      world().backend.trackPayment(hash, follow);
    const hashIn = (bolt11: string) => world().backend.decode(bolt11).paymentHash;
    it("does not find what was never sent", async () => {
      expect(await track(hashOf(freshPreimage()))).toEqual({ state: "not-found" });
    });
    it("gives the same end as the payment itself, as often as it is asked", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(44), "again");
      const outcome = await pay(world, bolt11);
      expect(outcome.state).toBe("succeeded");
      for (let k = 0; k < 2; k++) expect(await track(hashIn(bolt11))).toEqual(outcome);
    });
    it("knows what failed", async () => {
      const bolt11 = await world().makeForeignInvoice(sat(45), "no fee, no way");
      const outcome = await pay(world, bolt11, { maxFeeMsat: 0n });
      expect(await track(hashIn(bolt11))).toEqual(outcome);
    });
    it("is unknown to a caller who gives up in flight, and ends all the same", async (context) => {
      const held = await able(world().makeHeldInvoice, context)(sat(3000));
      const before = await calmBalance(world);
      const abort = new AbortController();
      const follow = { signal: abort.signal, onInflight: () => abort.abort() };
      expect((await pay(world, held.bolt11, {}, follow)).state).toBe("unknown");
      const inflight = await eventually(async () => {
        const balance = await world().backend.getBalance();
        expect(balance.channelUnsettledMsat).toBeGreaterThan(sat(3000));
        return balance;
      });
      // An HTLC that is no dust makes the commitment larger, and its opener pays for that (BOLT3).
      const all = (b: typeof before) =>
        b.channelLocalMsat + b.channelUnsettledMsat + b.channelReservedMsat;
      expect(all(inflight)).toBe(all(before));
      expect(await pay(world, held.bolt11)).toEqual({ state: "exists" });
      const told: string[] = [];
      const end = track(hashIn(held.bolt11), {
        ...following(),
        onInflight: () => told.push("inflight"),
      });
      await eventually(() => expect(told).not.toEqual([]));
      await held.settle();
      expect(await end).toMatchObject({ state: "succeeded" });
      expect((await calmBalance(world)).channelLocalMsat).toBeLessThan(before.channelLocalMsat);
    });
    it("gives the money back when the payee cancels in flight", async (context) => {
      const held = await able(world().makeHeldInvoice, context)(sat(2000));
      const before = await calmBalance(world);
      let left = false;
      const end = pay(
        world,
        held.bolt11,
        {},
        {
          ...following(),
          onInflight: () => {
            left = true;
          },
        },
      );
      await eventually(() => expect(left).toBe(true));
      await eventually(async () => {
        const { channelUnsettledMsat } = await world().backend.getBalance();
        expect(channelUnsettledMsat).toBeGreaterThan(0n);
      });
      await held.cancel();
      expect(await end).toEqual({ state: "failed", reason: "incorrect-details" });
      expect((await calmBalance(world)).channelLocalMsat).toBe(before.channelLocalMsat);
    });
  });
}
