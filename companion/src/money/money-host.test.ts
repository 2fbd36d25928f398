import { mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { probeCertificate } from "../lightning/lnd/certificate.ts";
import { pem } from "../lightning/lnd/certificate-fixture.ts";
import { writeConnection } from "../lightning/lnd/connection-record.ts";
import { writeVault } from "../lightning/lnd/macaroon-vault.ts";
import { bakedRights } from "../lightning/lnd/rights.ts";
import type { MockControls } from "../lightning/mock-controls.ts";
import { moneyFiles } from "./money-files.ts";
import { type HostOptions, openMoneyHost } from "./money-host.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), "timmy-host-"));
  closers.push(() => rm(folder, { recursive: true }));
  const time = createSystemTime();
  const random = createRandom(4);
  const logger = createMemoryLogger();
  const known = moneyFiles(folder);
  let opened = 0;
  const files = {
    ...known,
    books(node: string) {
      opened++;
      return known.books(node);
    },
  };
  const ports = { files, time, makeId: createIds(time.clock, random), random, logger };
  const open = async (options: Partial<HostOptions> = {}) => {
    const host = await openMoneyHost(ports, { lightning: "auto", ...options });
    let stopped = false;
    const stop = async () => {
      if (!stopped) await host.stop();
      stopped = true;
    };
    closers.push(stop);
    return { ...host, stop };
  };
  return { folder, files, logger, open, opened: () => opened };
}

/** A connection to a node that nobody is at, in a vault that a passphrase opens. */
async function connectNobody(folder: string, passphrase: string): Promise<void> {
  const pubkey = `02${"ab".repeat(32)}`;
  const macaroon = "0201".repeat(30);
  const macaroons = { earn: macaroon, spend: macaroon, sweep: macaroon };
  const secret = Buffer.from(passphrase);
  await writeVault(folder, pubkey, macaroons, { kind: "passphrase", secret }, 16);
  const { pem: certPem, fingerprint } = probeCertificate(pem);
  writeConnection(folder, {
    ...{ address: "127.0.0.1:1", pubkey, network: "regtest", alias: "nobody", version: "0.21.2" },
    ...{ certPem, fingerprint, rights: bakedRights, connectedMs: 0 },
  });
}

describe("the money's host", () => {
  it("does not write an old memory of the mock over the one of the treasury that is up", async () => {
    const { files, open } = await setUp();
    const running = await open();
    await running.money().reconciler.run();
    const reader = await open({ asks: "books" });
    const mock = running.money().backend as unknown as MockControls;
    mock.makeForeignInvoice(1000n, "made while the reader reads");
    await running.money().backend.close();
    const kept = readFileSync(files.mockNode, "utf8");
    await reader.stop();
    expect(readFileSync(files.mockNode, "utf8")).toBe(kept);
  });
  it("goes on when the mock's memory cannot be written", async () => {
    const { files, logger, open } = await setUp();
    const host = await open();
    // Where the file is written first stands a folder that is not empty.
    mkdirSync(join(`${files.mockNode}.new`, "full"), { recursive: true });
    await host.stop();
    expect(logger.lines.map(({ message }) => message)).toContain(
      "the mock's network could not be kept",
    );
  });
  it("sends nothing that waits when a command only asks the node", async () => {
    const { open } = await setUp();
    const running = await open();
    const { reconciler, backend, payments } = running.money();
    await reconciler.run();
    const mock = backend as unknown as MockControls;
    const bolt11 = mock.makeForeignInvoice(1000n, "a cake");
    mock.setNode("away");
    const waits = new Promise<string>((resolve) => {
      running.onPayment(({ id, state }) => {
        if (state === "draft") resolve(id);
      });
    });
    await payments.send({
      ...{ key: "k", bolt11, maxFeeMsat: 1000n, party: "owner", purpose: "payment", note: "" },
      origin: { from: "person", who: "test" },
    });
    const id = await waits;
    await running.stop();
    const asking = await open({ asks: "node" });
    expect(await asking.money().reconciler.run()).toMatchObject({ ok: true });
    expect(asking.money().payments.get(id)?.state).toBe("draft");
  });
  it("opens one node when it is unlocked twice at once", async () => {
    const { folder, open, opened } = await setUp();
    await connectNobody(folder, "correct horse");
    const host = await open();
    expect(host.view().backend.state).toBe("vault-locked");
    const before = opened();
    await Promise.all([host.unlock("correct horse"), host.unlock("correct horse")]);
    expect(opened() - before).toBe(1);
    expect(host.lnd().locked).toBe(false);
  });
  it("stays locked and alive after a wrong passphrase", async () => {
    const { folder, open } = await setUp();
    await connectNobody(folder, "correct horse");
    const host = await open();
    await expect(host.unlock("wrong")).rejects.toMatchObject({ code: "bad-passphrase" });
    await host.unlock("correct horse");
    expect(host.lnd().locked).toBe(false);
  });
});
