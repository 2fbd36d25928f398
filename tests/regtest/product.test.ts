import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openVault } from "@timmy/companion/lightning/lnd/macaroon-vault";
import { createTreasuryClient } from "@timmy/companion/money/treasury-client";
import type { ApprovalView, InvoiceView, TreasuryView } from "@timmy/shared/money/views";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Authenticator, enrolOwner } from "../journeys/enrol.ts";
import { addInvoice, pay } from "./invoices.ts";
import { type Network, startNetwork } from "./network.ts";
import { skipped } from "./presence.ts";
import { Ended, until } from "./wait.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(skipped.yes)(`timmy on a real node${skipped.reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-product-"));
  const data = join(folder, "data");
  const keyFile = join(folder, "vault.key");
  const { timers } = createSystemTime();
  const socketPath = join(folder, "t.sock");
  const client = createTreasuryClient({ socketPath, timers, logger: createMemoryLogger() });
  let network: Network;
  let treasury: ChildProcess;
  let authenticator: Authenticator;
  let connected = "";
  let log = "";

  /** Never synchronous: the nodes write to pipes that this process reads. */
  async function command(...words: readonly string[]) {
    const args = ["timmy.ts", ...words, "--data", data];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        text += part.toString();
      });
    }
    const [status] = (await once(child, "close")) as [number | null];
    return { status, text };
  }
  async function ask<T>(method: string, path: string, body: object = {}) {
    const answer = await client.forward(method, path, method === "GET" ? "" : JSON.stringify(body));
    if (answer === null) throw new Error("the treasury does not answer");
    const retryAfter = answer.headers.get("retry-after");
    return { status: answer.status, retryAfter, body: (await answer.json()) as T };
  }
  const view = async () => (await ask<TreasuryView>("GET", "/api/treasury")).body;
  const becomes = (state: string, withinMs: number) =>
    until(`the treasury sees the node ${state}`, withinMs, async () => {
      return (await view()).backend.state === state;
    });
  const invoice = (key: string) =>
    ask<InvoiceView & { code: string }>("POST", "/api/treasury/invoices", {
      ...{ key, amount_msat: "70000", memo: "a drawing" },
    });
  const approvals = async () =>
    (await ask<{ approvals: ApprovalView[] }>("GET", "/api/treasury/approvals")).body.approvals;
  async function askFor(key: string): Promise<ApprovalView> {
    const destination = await addInvoice(network.nodes.robot, { value_msat: "50000" });
    const wish = { key, amount_msat: "50000", destination, fee_cap_msat: "5000", why: "a photo" };
    return (await ask<ApprovalView>("POST", "/api/treasury/withdrawals", wish)).body;
  }
  const approve = ({ id, digest }: ApprovalView, code: string) =>
    ask<{ code?: string }>("POST", `/api/treasury/approvals/${id}/approve`, { digest, code });
  /** Until its preimage proves it. */
  const ends = (id: string, withinMs: number) =>
    until(`the request ${id} has ended`, withinMs, async () => {
      const found = (await approvals()).find((approval) => approval.id === id);
      if (found?.state === "failed") throw new Ended(`the request failed: ${found.outcome}`);
      return found?.state === "confirmed" ? found : null;
    });

  beforeAll(async () => {
    network = await startNetwork();
    const { office } = network.nodes;
    mkdirSync(data);
    writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });
    const done = await command(
      ...["lnd", "connect", "--address", office.grpcAddress, "--cert", office.certFile],
      ...["--macaroon", office.adminMacaroonFile, "--key-file", keyFile],
    );
    expect(done.text).toContain(office.pubkey());
    connected = done.text;
    const args = ["--socket", socketPath, "--data", data, "--lightning", "lnd"];
    treasury = spawn(
      process.execPath,
      ["companion/src/treasury-main.ts", ...args, "--key-file", keyFile],
      { cwd: root, stdio: ["pipe", "pipe", "pipe"] },
    );
    treasury.stderr?.on("data", (part: Buffer) => {
      log += part.toString();
    });
    if (treasury.stdout === null) throw new Error("no output");
    await once(createInterface({ input: treasury.stdout }), "line");
    await becomes("active", 20_000);
    authenticator = await enrolOwner(data);
  });
  afterAll(async () => {
    if (treasury?.exitCode === null) {
      treasury.kill("SIGTERM");
      await once(treasury, "exit");
    }
    await network?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("creates an invoice, is paid by another node, and credits it to the millisatoshi", async () => {
    const { body } = await invoice("o1");
    expect(body.bolt11).toMatch(/^lnbcrt700n1/);
    expect((await pay(network.nodes.home, body.bolt11)).status).toBe("SUCCEEDED");
    await until("the invoice is paid", 20_000, async () => {
      return (await ask<InvoiceView>("GET", "/api/treasury/invoices/o1")).body.state === "paid";
    });
    expect((await command("treasury", "reconcile")).text).toContain("to the millisatoshi");
  });
  it("reads its books while the node is gone, sells nothing, and is never the mock", async () => {
    const { office } = network.nodes;
    const waiting = await askFor("w1");
    expect(waiting.state).toBe("pending");
    await office.kill();
    await becomes("away", 20_000);
    expect(await invoice("o2")).toMatchObject({
      status: 503,
      retryAfter: "5",
      body: { code: "lnd-away" },
    });
    expect((await view()).backend).toMatchObject({ kind: "lnd", network: "regtest" });
    expect(
      (await ask<{ journals: [] }>("GET", "/api/treasury/journals")).body.journals.length,
    ).toBeGreaterThan(1);
    expect((await command("treasury", "balance")).status).toBe(0);
    // A send that a person approves now waits until the node is back.
    expect((await approve(waiting, authenticator.code())).status).toBe(200);
    await office.start();
    await office.waitActive();
    const back = performance.now();
    await becomes("active", 5000);
    expect((await invoice("o2")).status).toBe(200);
    console.log(`selling again ${Math.round(performance.now() - back)} ms after lnd was active`);
    await network.waitReady();
    await ends(waiting.id, 60_000);
    const sent = await ask<{ payments: { direction: string; fee_msat: string }[] }>(
      "GET",
      "/api/treasury/payments",
    );
    const out = sent.body.payments.find(({ direction }) => direction === "out");
    expect(out).toMatchObject({ state: "succeeded", amount_msat: "50000", fee_msat: "1000" });
    expect((await command("treasury", "reconcile")).text).toContain("to the millisatoshi");
    expect((await command("treasury", "verify")).status).toBe(0);
  });
  it("leaves no macaroon on disk, in logs, environments, arguments or exports", async () => {
    const record = JSON.parse(readFileSync(join(data, "lnd.json"), "utf8")) as { pubkey: string };
    const baked = await openVault(data, record.pubkey, readFileSync(keyFile));
    const admin = readFileSync(network.nodes.office.adminMacaroonFile).toString("hex");
    const secrets = [admin, ...Object.values(baked)].flatMap((hex) => {
      const bytes = Buffer.from(hex, "hex");
      // The tail is the signature; the head names the root key and is the same in all of them.
      return [bytes, bytes.subarray(-32)].flatMap((part) => [
        part,
        Buffer.from(part.toString("hex")),
        Buffer.from(part.toString("hex").toUpperCase()),
        Buffer.from(part.toString("base64").replace(/=+$/, "")),
        Buffer.from(part.toString("base64url")),
      ]);
    });
    const found: string[] = [];
    const look = (where: string, bytes: Uint8Array) => {
      const haystack = Buffer.from(bytes);
      if (secrets.some((secret) => haystack.includes(secret))) found.push(where);
    };
    const files = readdirSync(data, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      look(path, readFileSync(path));
    }
    expect(files.length).toBeGreaterThan(4);
    for (const part of ["environ", "cmdline"]) {
      look(part, readFileSync(`/proc/${treasury.pid}/${part}`));
    }
    look("the log", Buffer.from(log));
    look("what connect said", Buffer.from(connected));
    for (const words of [["export"], ["statement"], ["report", "--json"]]) {
      const { text } = await command("treasury", ...words);
      look(words.join(" "), Buffer.from(text));
    }
    const lnd = await ask<object>("GET", "/api/lnd");
    look("the API", Buffer.from(JSON.stringify(lnd.body)));
    expect(found).toEqual([]);
    look("itself", Buffer.from(`a log with ${admin} in it`));
    expect(found).toEqual(["itself"]);
  });
});
