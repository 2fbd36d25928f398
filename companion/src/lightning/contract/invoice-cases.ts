import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import {
  able,
  eventually,
  freshPreimage,
  hashOf,
  listen,
  newInvoice,
  sat,
  type World,
} from "./case-world.ts";

export function creationCases(world: World): void {
  describe("creating an invoice", () => {
    it("uses our preimage, amount, memo and expiry", async () => {
      const preimage = freshPreimage();
      const invoice = await newInvoice(world, { preimage, memo: "1 cup of tea", expiryS: 900 });
      expect(invoice).toMatchObject({
        paymentHash: hashOf(preimage),
        amountMsat: sat(1000),
        paidMsat: 0n,
        memo: "1 cup of tea",
        state: "open",
        settledS: null,
        settleIndex: 0n,
      });
      expect(invoice.expiresS - invoice.createdS).toBe(900);
      expect(Math.abs(invoice.createdS - world().nowS())).toBeLessThan(60);
      expect(invoice.addIndex).toBeGreaterThan(0n);
    });
    it("gives an invoice that our own decoder reads the same, signed by the node", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world, { memo: "ナンセンス 1杯" });
      expect(backend.decode(invoice.bolt11)).toMatchObject({
        bolt11: invoice.bolt11,
        network: backend.network,
        paymentHash: invoice.paymentHash,
        amountMsat: invoice.amountMsat,
        description: "ナンセンス 1杯",
        payee: (await backend.healthCheck()).pubkey,
        createdS: invoice.createdS,
        expiresS: invoice.expiresS,
      });
    });
    it("keeps every millisatoshi of an amount", async () => {
      const invoice = await newInvoice(world, { amountMsat: 1_234_567n });
      expect(invoice.amountMsat).toBe(1_234_567n);
      expect(world().backend.decode(invoice.bolt11).amountMsat).toBe(1_234_567n);
    });
    it("takes the longest memo that fits", async () => {
      const memo = `${"ß".repeat(319)}x`;
      expect((await newInvoice(world, { memo })).memo).toBe(memo);
    });
    it("answers the one that exists when it is asked again", async () => {
      const preimage = freshPreimage();
      const first = await newInvoice(world, { preimage });
      const again = await newInvoice(world, { preimage });
      expect(again).toEqual(first);
    });
    it("answers the paid one when it is asked again after the payment", async () => {
      const preimage = freshPreimage();
      const first = await newInvoice(world, { preimage });
      await world().payOurs(first.bolt11);
      const again = await newInvoice(world, { preimage });
      expect(again).toMatchObject({ bolt11: first.bolt11, state: "settled", paidMsat: sat(1000) });
    });
    it("gives each preimage its own add index, in order", async () => {
      const [a, b] = [await newInvoice(world), await newInvoice(world)];
      expect(b.addIndex).toBeGreaterThan(a.addIndex);
    });
    it("refuses a preimage that is not 32 bytes with an error of ours", async () => {
      const short = newInvoice(world, { preimage: freshPreimage().subarray(1) });
      await expect(short).rejects.toBeInstanceOf(TimmyError);
    });
    it("stops at once when the caller gave up before", async () => {
      const preimage = freshPreimage();
      const request = { preimage, amountMsat: sat(1), memo: "", expiryS: 60 };
      const given = world().backend.createInvoice(request, AbortSignal.abort());
      await expect(given).rejects.toBeInstanceOf(Error);
      expect(await world().backend.getInvoice(hashOf(preimage))).toBeNull();
    });
  });
}

export function lookupCases(world: World): void {
  describe("looking invoices up", () => {
    const nobody = () => hashOf(freshPreimage());
    it("knows nothing of a hash that was never made", async () => {
      const hash = nobody();
      expect(await world().backend.getInvoice(hash)).toBeNull();
      expect(await world().backend.checkPayment(hash)).toEqual({ state: "unknown", paidMsat: 0n });
    });
    it("finds an open one as it was made", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world);
      expect(await backend.getInvoice(invoice.paymentHash)).toEqual(invoice);
      const check = await backend.checkPayment(invoice.paymentHash);
      expect(check).toEqual({ state: "open", paidMsat: 0n });
    });
    it("says what came once it is paid", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world, { amountMsat: sat(2500) });
      await world().payOurs(invoice.bolt11);
      const paid = await backend.getInvoice(invoice.paymentHash);
      expect(paid).toMatchObject({ state: "settled", paidMsat: sat(2500), memo: invoice.memo });
      expect(paid?.settleIndex).toBeGreaterThan(0n);
      expect(Math.abs((paid?.settledS ?? 0) - world().nowS())).toBeLessThan(60);
      const check = await backend.checkPayment(invoice.paymentHash);
      expect(check).toEqual({ state: "settled", paidMsat: sat(2500) });
    });
    it("lists behind an add index, in order, in pages", async () => {
      const { backend } = world();
      const made = [];
      for (let k = 0; k < 5; k++) made.push(await newInvoice(world, { memo: `page ${k}` }));
      const hashes = made.map((invoice) => invoice.paymentHash);
      const read: string[] = [];
      for (let after = (made[0]?.addIndex ?? 1n) - 1n, pages = 0; pages < 4; pages++) {
        const page = await backend.listInvoices({ afterAddIndex: after, limit: 2 });
        expect(page.length).toBeLessThanOrEqual(2);
        read.push(...page.map((invoice) => invoice.paymentHash));
        after = page.at(-1)?.addIndex ?? after;
      }
      expect(read).toEqual(hashes);
    });
    it("lists nothing behind the newest", async () => {
      const { addIndex } = await newInvoice(world);
      const page = await world().backend.listInvoices({ afterAddIndex: addIndex, limit: 10 });
      expect(page).toEqual([]);
    });
    it("lists the same facts as a look at each", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world);
      await world().payOurs(invoice.bolt11);
      const page = { afterAddIndex: invoice.addIndex - 1n, limit: 1 };
      expect(await backend.listInvoices(page)).toEqual([
        await backend.getInvoice(invoice.paymentHash),
      ]);
    });
  });
}

export function cancelCases(world: World): void {
  describe("cancelling", () => {
    it("makes an open invoice unpayable, and may be repeated", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world);
      expect(await backend.cancelInvoice(invoice.paymentHash)).toBe(true);
      expect(await backend.cancelInvoice(invoice.paymentHash)).toBe(true);
      await expect(world().payOurs(invoice.bolt11)).rejects.toBeInstanceOf(Error);
      const check = await backend.checkPayment(invoice.paymentHash);
      expect(check).toEqual({ state: "cancelled", paidMsat: 0n });
    });
    it("leaves a paid invoice paid, and says so", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world);
      await world().payOurs(invoice.bolt11);
      expect(await backend.cancelInvoice(invoice.paymentHash)).toBe(false);
      expect((await backend.checkPayment(invoice.paymentHash)).state).toBe("settled");
    });
    it("is what time does to an invoice that nobody paid", async (context) => {
      const passTime = able(world().passTime, context);
      const { backend } = world();
      const invoice = await newInvoice(world, { expiryS: 1 });
      await passTime(3);
      await expect(world().payOurs(invoice.bolt11)).rejects.toBeInstanceOf(Error);
      await eventually(async () => {
        expect((await backend.checkPayment(invoice.paymentHash)).state).toBe("cancelled");
      });
    });
    it("plays the payer on the mock alone", async () => {
      const { backend } = world();
      const invoice = await newInvoice(world);
      if (backend.kind === "mock") {
        const settled = await backend.settleInvoice(invoice.paymentHash);
        expect(settled).toMatchObject({ state: "settled", paidMsat: invoice.amountMsat });
      } else {
        const refused = { code: "mock-only" };
        await expect(backend.settleInvoice(invoice.paymentHash)).rejects.toMatchObject(refused);
      }
    });
  });
}

export function subscriptionCases(world: World): void {
  describe("listening for invoices", () => {
    /** Added and paid, so that neither half of a cursor behind it is zero. */
    async function paidInvoice() {
      const { paymentHash, bolt11 } = await newInvoice(world);
      await world().payOurs(bolt11);
      const invoice = await world().backend.getInvoice(paymentHash);
      if (invoice === null) throw new Error("the paid invoice is gone");
      return invoice;
    }
    it("tells what was added and settled after the cursor, before and after it began", async () => {
      const cursor = await paidInvoice();
      const before = await paidInvoice();
      const ear = listen(world, cursor);
      const after = await newInvoice(world);
      await world().payOurs(after.bolt11);
      await eventually(() => {
        const paid = ear.told.filter((i) => i.state === "settled").map((i) => i.paymentHash);
        expect(paid).toEqual(expect.arrayContaining([before.paymentHash, after.paymentHash]));
      });
      await ear.end();
      const settled = ear.told.find((i) => i.paymentHash === after.paymentHash && i.paidMsat > 0n);
      expect(settled).toEqual(await world().backend.getInvoice(after.paymentHash));
      expect(ear.told.map((i) => i.paymentHash)).not.toContain(cursor.paymentHash);
    });
    it("replays nothing from a cursor of zero", async () => {
      const old = await paidInvoice();
      const ear = listen(world, { addIndex: 0n, settleIndex: 0n });
      // The stream may begin late: new invoices are made until one is told.
      await eventually(async () => {
        await newInvoice(world, { memo: "marker" });
        expect(ear.told).not.toEqual([]);
      });
      await ear.end();
      expect(ear.told.map((i) => i.paymentHash)).not.toContain(old.paymentHash);
    });
    it("tells two listeners the same", async () => {
      const cursor = await paidInvoice();
      const ears = [listen(world, cursor), listen(world, cursor)];
      const { paymentHash } = await newInvoice(world);
      for (const ear of ears) {
        await eventually(() => {
          expect(ear.told.map((i) => i.paymentHash)).toContain(paymentHash);
        });
        await ear.end();
      }
    });
    it("tells nothing more after the signal", async () => {
      const cursor = await paidInvoice();
      const ear = listen(world, cursor);
      await newInvoice(world);
      await eventually(() => expect(ear.told).not.toEqual([]));
      await ear.end();
      const heard = ear.told.length;
      const later = await newInvoice(world);
      await world().backend.getInvoice(later.paymentHash);
      expect(ear.told.length).toBe(heard);
    });
  });
}
