import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownerCalls } from "@timmy/shared/agent/owner-calls";
import { createIds } from "@timmy/shared/ids";
import {
  approvalsView,
  earningsView,
  invoiceView,
  journalsView,
  lndView,
  marketView,
  paymentsView,
  treasuryView,
} from "@timmy/shared/money/views";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import type { MockControls } from "../lightning/mock-controls.ts";
import { createMoneyApp } from "./money-app.ts";
import { moneyFiles } from "./money-files.ts";
import { openMoneyHost } from "./money-host.ts";
import { createNews } from "./news.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(folder: string) {
  const time = createSystemTime();
  const random = createRandom(4);
  const logger = createMemoryLogger();
  const makeId = createIds(time.clock, random);
  const ports = { files: moneyFiles(folder), time, makeId, random, logger };
  const host = await openMoneyHost(ports, { lightning: "auto" });
  closers.push(() => host.stop());
  const app = createMoneyApp({ host, news: createNews(), clock: time.clock, logger });
  const get = async (path: string) => (await app.request(path)).json() as Promise<unknown>;
  const post = async (path: string, body: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await app.request(path, { method: "POST", body: text });
    const json = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, retryAfter: answer.headers.get("retry-after"), json };
  };
  const invoice = (key: string, amount_msat = "50000") =>
    post("/api/treasury/invoices", { key, amount_msat, memo: "a coffee" });
  /** The mock's hands. */
  const mock = () => host.money().backend as unknown as MockControls;
  const proven = async () => {
    await host.money().reconciler.run();
    return host.money().reconciler.newest(1)[0];
  };
  const paid = (orderId: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (host.money().sales.get(orderId)?.state === "paid") resolve();
      };
      host.onSale(look);
      look();
    });
  return { host, app, get, post, invoice, mock, proven, paid };
}

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), "timmy-money-"));
  closers.push(() => rm(folder, { recursive: true }));
  const opened = await open(folder);
  // The first proof posts what the node had before there were books.
  await opened.proven();
  return { folder, ...opened };
}

describe("the treasury's API", () => {
  it("answers in the shapes that the dashboard reads", async () => {
    const { get, invoice } = await setUp();
    const made = await invoice("o1");
    expect(invoiceView.parse(made.json)).toMatchObject({ state: "open", amount_msat: "50000" });
    expect(treasuryView.parse(await get("/api/treasury")).backend.kind).toBe("mock");
    expect(paymentsView.parse(await get("/api/treasury/payments")).payments).toHaveLength(1);
    journalsView.parse(await get("/api/treasury/journals?limit=10"));
    earningsView.parse(await get("/api/treasury/earnings?days=7"));
    approvalsView.parse(await get("/api/treasury/approvals"));
    expect(lndView.parse(await get("/api/lnd")).configured).toBe(false);
    marketView.parse(await get("/api/market"));
  });
  it("credits an invoice that somebody paid, and still agrees with the node after a restart", async () => {
    const first = await setUp();
    await first.invoice("o1");
    await first.post("/api/treasury/invoices/o1/settle", {});
    await first.paid("o1");
    expect(await first.proven()).toMatchObject({ ok: true });
    const owned = first.host.money().books.ledger.balance("party:owner").postedMsat;
    await closers.pop()?.();
    const second = await open(first.folder);
    expect(second.host.money().books.ledger.balance("party:owner").postedMsat).toBe(owned);
    expect(await second.proven()).toMatchObject({ ok: true, differences: [] });
    const again = await second.invoice("o1");
    expect(again.json).toMatchObject({ order_id: "o1", state: "paid" });
  });
  it("answers the same invoice to the same key", async () => {
    const { invoice } = await setUp();
    const [a, b] = [await invoice("k"), await invoice("k")];
    expect(b.json["bolt11"]).toBe(a.json["bolt11"]);
    expect((await invoice("k", "60000")).json["code"]).toBe("duplicate-key");
  });
  it("knows a memo again that UTF-8 cannot hold", async () => {
    const { post } = await setUp();
    const body = { key: "k", amount_msat: "50000", memo: "half \ud800 and \u0000" };
    const first = await post("/api/treasury/invoices", body);
    expect(first.status).toBe(200);
    expect((await post("/api/treasury/invoices", body)).json).toEqual(first.json);
  });
  it("refuses sales with 503 and a time to come back while the node is away, and reads the books", async () => {
    const { invoice, mock, get } = await setUp();
    mock().setNode("away");
    const refused = await invoice("o1");
    expect(refused).toMatchObject({ status: 503, retryAfter: "5", json: { code: "lnd-away" } });
    expect(treasuryView.parse(await get("/api/treasury")).parties).toHaveLength(1);
    mock().setNode("active");
    expect((await invoice("o1")).status).toBe(200);
  });
  it("quotes a task, and refuses to quote no words", async () => {
    const { get, host } = await setUp();
    const before = host.money().books.ledger.head();
    const path = `/api/market/quote?task=${encodeURIComponent("Write a letter & mend a bug")}`;
    const { quotes } = ownerCalls["market.quote"].answer.parse(await get(path));
    expect(quotes).toHaveLength(6);
    expect(await get("/api/market/quote")).toMatchObject({ code: "empty-instruction" });
    expect(host.money().books.ledger.head()).toEqual(before);
  });
  it("refuses amounts that are none, each with a code, and changes nothing", async () => {
    const { invoice, post, host, mock } = await setUp();
    const before = host.money().books.ledger.head();
    for (const bad of ["-1", "0", "NaN", "1.5", "1e3", "", "9".repeat(30), "2100000000000000001"]) {
      expect((await invoice("bad", bad)).json["code"], bad).toBe("bad-amount");
      const destination = mock().makeForeignInvoice(1000n, "");
      const body = { key: "w", amount_msat: bad, destination, fee_cap_msat: "1000", why: "" };
      const asked = await post("/api/treasury/withdrawals", body);
      expect(asked.json["code"], bad).toBe("bad-amount");
    }
    for (const bad of [9007199254740992, -1, 0.5, null]) {
      const body = { key: "n", amount_msat: bad, memo: "" };
      expect((await post("/api/treasury/invoices", body)).json["code"]).toBe("bad-payload");
    }
    expect((await post("/api/treasury/invoices", "{")).json["code"]).toBe("bad-json");
    expect(host.money().books.ledger.head()).toEqual(before);
  });
  it("refuses destinations that are none, each with a code, and changes nothing", async () => {
    const { post, host, mock } = await setUp();
    const before = host.money().books.ledger.head();
    const wrongNetwork = mock().makeForeignInvoice(1000n, "").replace("lnbcrt", "lnbc");
    const cases: readonly (readonly [string, string])[] = [
      ["lnbcrt1nonsense", "bad-invoice"],
      [`lnbcrt1${"q".repeat(9990)}`, "bad-invoice"],
      [wrongNetwork, "bad-invoice"],
      ["nowhere", "bad-address"],
      ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "wrong-network"],
    ];
    for (const [destination, code] of cases) {
      const body = { key: "w", amount_msat: "1000", destination, fee_cap_msat: "1000", why: "" };
      const answer = await post("/api/treasury/withdrawals", body);
      expect(answer.json["code"], destination.slice(0, 20)).toBe(code);
    }
    expect(host.money().books.ledger.head()).toEqual(before);
  });
  it("switches spending off for anybody, and on again for nobody without a code", async () => {
    const { post, get } = await setUp();
    expect((await post("/api/treasury/kill-switch", { on: true })).status).toBe(200);
    expect(treasuryView.parse(await get("/api/treasury")).kill_switch).toBe(true);
    const off = await post("/api/treasury/kill-switch", { on: false, code: "000000" });
    expect(off.json["code"]).toBe("no-approver");
    expect(treasuryView.parse(await get("/api/treasury")).kill_switch).toBe(true);
  });
  it("says nothing of a secret in what it refuses", async () => {
    const { post } = await setUp();
    const secret = "abad1deaabad1deaabad1deaabad1dea";
    const body = { address: "127.0.0.1:1", cert_pem: secret, macaroon_hex: secret, passphrase: 7 };
    const answer = await post("/api/lnd/connect", body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.json)).not.toContain(secret.slice(0, 8));
  });
});

describe("a Timmy whose node's record is gone", () => {
  it("does not go on with play money", async () => {
    const folder = await mkdtemp(join(tmpdir(), "timmy-money-"));
    closers.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "lnd.vault"), "sealed");
    await expect(open(folder)).rejects.toMatchObject({ code: "not-connected" });
  });
});
