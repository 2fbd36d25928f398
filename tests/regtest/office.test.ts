import { createHash, randomBytes } from "node:crypto";
import type { LightningBackend, PaymentOutcome } from "@timmy/companion/lightning/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addInvoice, channelId, pay } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";
import { connectTimmy, type TimmyNode } from "./timmy-node.ts";
import { until } from "./wait.ts";

const patience = () => ({ signal: AbortSignal.timeout(60_000) });
const sat = (amount: number) => BigInt(amount) * 1000n;

describe.skipIf(skipped.yes)(`Timmy at a real lnd${skipped.reason}`, () => {
  let network: Network;
  let timmy: TimmyNode;
  let backend: LightningBackend;
  const nodes = () => network.nodes;
  const send = (bolt11: string, maxFeeMsat = sat(10)): Promise<PaymentOutcome> =>
    backend.payInvoice({ bolt11, maxFeeMsat, timeoutS: 20 }, patience());
  const newInvoice = (amountMsat: bigint) =>
    backend.createInvoice({ preimage: randomBytes(32), amountMsat, memo: "", expiryS: 3600 });

  beforeAll(async () => {
    network = await startNetwork();
    timmy = await connectTimmy(nodes().office);
    backend = timmy.backend;
  });
  afterAll(async () => {
    await timmy?.close();
    await network?.stop();
  });

  it("creates an invoice, is paid by a stranger, and notices", async () => {
    const invoice = await newInvoice(sat(1500));
    expect((await backend.checkPayment(invoice.paymentHash)).state).toBe("open");
    const paid = await pay(nodes().home, invoice.bolt11);
    expect(paid.status).toBe("SUCCEEDED");
    const preimage = Buffer.from(paid.payment_preimage, "hex");
    expect(createHash("sha256").update(preimage).digest("hex")).toBe(invoice.paymentHash);
    const check = await backend.checkPayment(invoice.paymentHash);
    expect(check).toEqual({ state: "settled", paidMsat: sat(1500) });
  });

  it("pays 50 sat over two hops for a fee of 1 sat, and not for less", async () => {
    const wish = { value_msat: "50000", memo: "for the door" };
    const invoice = await addInvoice(nodes().robot, wish);
    expect(await send(invoice, 999n)).toEqual({ state: "failed", reason: "no-route" });
    expect(await send(invoice, 1000n)).toMatchObject({ state: "succeeded", feeMsat: 1000n });
  });

  it("sees that a new robot cannot spend its first 1,000 sat", async () => {
    const robot = async (amountMsat: bigint) => {
      const { bolt11 } = await newInvoice(amountMsat);
      return (await pay(nodes().robot, bolt11)).status;
    };
    expect((await send(await addInvoice(nodes().robot, { value_msat: "800000" }))).state).toBe(
      "succeeded",
    );
    expect(await robot(sat(10))).toBe("FAILED");
    expect((await send(await addInvoice(nodes().robot, { value_msat: "900000" }))).state).toBe(
      "succeeded",
    );
    expect(await robot(sat(10))).toBe("SUCCEEDED");
  });

  it("signs a sweep, publishes it twice, and sees it confirmed once", async () => {
    const { bank } = nodes();
    const { address } = await bank.rest<{ address: string }>("GET", "/v1/newaddress");
    const signed = await backend.fundSweep({ address, amountSat: 1_000_000n, satPerVbyte: 2 });
    expect(await backend.confirmations(signed.txid)).toBeNull();
    for (let k = 0; k < 2; k++) await backend.publishTransaction(signed.rawHex, "sweep");
    await until("the wallet has seen it", 20_000, async () => {
      return (await backend.confirmations(signed.txid)) === 0;
    });
    await network.mine(3);
    expect(await backend.confirmations(signed.txid)).toBe(3);
    await backend.publishTransaction(signed.rawHex, "sweep");
    const path = "/v1/balance/blockchain";
    const { confirmed_balance } = await nodes().office.rest<{ confirmed_balance: string }>(
      "GET",
      path,
    );
    expect((await backend.getBalance()).onchainConfirmedMsat).toBe(
      BigInt(confirmed_balance) * 1000n,
    );
    const { utxos } = await bank.rest<{ utxos: { address: string; amount_sat: string }[] }>(
      "POST",
      "/v2/wallet/utxos",
      { min_confs: 1, max_confs: 1000 },
    );
    const came = utxos.filter((coin) => coin.address === address);
    expect(came.map((coin) => coin.amount_sat)).toEqual(["1000000"]);
  });

  it("may do with its macaroons what it does, and no more", async () => {
    const { office } = nodes();
    const [channel] = await backend.channels();
    const [txid = "", index = ""] = (channel?.point ?? "").split(":");
    const forbidden: readonly (readonly ["GET" | "POST" | "DELETE", string, unknown?])[] = [
      ["DELETE", `/v1/channels/${txid}/${index}`],
      ["DELETE", "/v1/payments?all_payments=true"],
      ["POST", "/v1/stop", {}],
      ["POST", "/v1/macaroon", { permissions: [{ entity: "info", action: "read" }] }],
      ["POST", "/v1/transactions", { addr: "bcrt1q", amount: "1000" }],
      ["POST", "/v2/router/route/send", {}],
    ];
    for (const macaroon of Object.values(timmy.macaroons)) {
      for (const [method, path, body] of forbidden) {
        await expect(office.rest(method, path, body, macaroon)).rejects.toThrow(
          "permission denied",
        );
      }
    }
    const { earn, spend } = timmy.macaroons;
    await office.rest("GET", "/v1/getinfo", undefined, earn);
    const invoice = office.rest("POST", "/v1/invoices", { value: "1" }, spend);
    await expect(invoice).rejects.toThrow("permission denied");
  });

  it("pays in a circle, and finds no way once the third node is gone", async () => {
    const { office, home, bank } = nodes();
    const circular = {
      outgoingChannelId: await channelId(office, home),
      lastHopPubkey: bank.pubkey(),
    };
    const round = async (): Promise<PaymentOutcome> => {
      const { bolt11 } = await newInvoice(sat(20_000));
      const wish = { bolt11, maxFeeMsat: sat(10), timeoutS: 20, circular };
      return backend.payInvoice(wish, patience());
    };
    expect(await round()).toMatchObject({ state: "succeeded" });
    await bank.stop();
    expect(await round()).toEqual({ state: "failed", reason: "no-route" });
    await bank.start();
    await network.waitReady();
  });
});
