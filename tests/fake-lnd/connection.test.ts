import { probeCertificate } from "@timmy/companion/lightning/lnd/certificate";
import { probeNode } from "@timmy/companion/lightning/lnd/connect";
import { createTransport } from "@timmy/companion/lightning/lnd/transport";
import { lndMethods } from "@timmy/protos/lnd";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { createCertificate } from "./certificate.ts";
import { bakeThree, connectClient, startConnected } from "./connected.ts";
import { words } from "./faults.ts";
import { uri } from "./methods.ts";

type Connected = Awaited<ReturnType<typeof startConnected>>;
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
async function connected(options: Parameters<typeof startConnected>[0] = {}): Promise<Connected> {
  const made = await startConnected(options);
  running.push(made);
  return made;
}
const follow = () => ({ signal: new AbortController().signal });
const pay = ({ fake, backend }: Connected) => {
  const { bolt11 } = fake.node.makeForeignInvoice(5_000_000n);
  return backend.payInvoice({ bolt11, maxFeeMsat: 5000n, timeoutS: 60 }, follow());
};
const sends = ({ fake }: Connected) => fake.seen.filter((m) => m === uri.sendPaymentV2).length;

describe("a certificate that is not the pinned one", () => {
  it("gets no connection and no macaroon", async () => {
    const { fake } = await connected();
    const { certPem } = createCertificate(createSystemTime().clock.wallMs());
    const { backend } = connectClient(fake, { certPem });
    running.push({ stop: () => backend.close() });
    expect(await backend.healthCheck()).toMatchObject({ code: "bad-certificate" });
    await expect(backend.getBalance()).rejects.toMatchObject({ code: "bad-certificate" });
    expect(fake.seen).toEqual([]);
    expect(fake.macaroonsSeen).toBe(0);
    expect(fake.relay.traffic().connections).toBeGreaterThan(0);
  });
  it("that comes in the middle of the day stops sends, and no macaroon goes to it", async () => {
    const world = await connected();
    const { fake, backend } = world;
    expect((await backend.healthCheck()).state).toBe("active");
    await fake.changeCertificate();
    const before = fake.macaroonsSeen;
    expect(["refused", "unknown"]).toContain((await pay(world)).state);
    expect(await backend.healthCheck()).toMatchObject({ code: "bad-certificate" });
    expect(await pay(world)).toMatchObject({ state: "refused", code: "bad-certificate" });
    expect(fake.macaroonsSeen).toBe(before);
  });
  it("is told by a probe, which needs no macaroon", async () => {
    const { fake } = await connected();
    const ports = { clock: createSystemTime().clock };
    const { address } = fake;
    const good = await probeNode(ports, { address, certPem: fake.certificate.certPem });
    expect(good).toMatchObject({ reachable: true });
    const { certPem } = createCertificate(ports.clock.wallMs());
    expect(await probeNode(ports, { address, certPem })).toMatchObject({ reachable: false });
    expect(fake.macaroonsSeen).toBe(0);
  });
});

describe("another node behind the address", () => {
  it.each([0, 1, 2, 3, 5, 8, 13])(
    "is sent nothing, even %i turns of the loop after the old one died",
    async (turns) => {
      const world = await connected();
      const { fake, backend } = world;
      expect((await backend.healthCheck()).state).toBe("active");
      fake.node.changeIdentity();
      fake.relay.cut();
      for (let k = 0; k < turns; k++) await new Promise((next) => setImmediate(next));
      expect(["refused", "unknown"]).toContain((await pay(world)).state);
      await backend.healthCheck();
      expect(await pay(world)).toMatchObject({ state: "refused", code: "lnd-identity" });
      expect(sends(world)).toBe(0);
      const health = await backend.healthCheck();
      expect(health).toMatchObject({ state: "refused", code: "lnd-identity" });
    },
  );
});

describe("a request whose connection broke before it was written", () => {
  it("stays here with its macaroon, though the next connection stands", async () => {
    const { fake } = await connected();
    const { clock } = createSystemTime();
    const certificate = probeCertificate(fake.certificate.certPem);
    const transport = createTransport({ clock }, { address: fake.address, certificate });
    running.push({ stop: async () => transport.close() });
    expect(await transport.ready()).toBe(true);
    const mayLeave = transport.sinceNow();
    expect(mayLeave()).toBe(true);
    fake.relay.cut();
    await expect.poll(mayLeave).toBe(false);
    expect(await transport.ready()).toBe(true);
    const { bolt11 } = fake.node.makeForeignInvoice(5_000_000n);
    const request = { payment_request: bolt11, timeout_seconds: 9, fee_limit_msat: "5000" };
    const { sendPayment: method } = lndMethods;
    const macaroon = bakeThree(fake).spend;
    const wire = { ...request, no_inflight_updates: false, cancelable: false };
    const call = { method, request: wire, macaroon, mayLeave };
    const result = await transport.stream(call, () => {});
    expect(result).toMatchObject({ ok: false, fault: { sent: false } });
    expect(fake.seen).toEqual([]);
    expect(fake.macaroonsSeen).toBe(0);
  });
});

describe("the version", () => {
  it.each(["0.18.5-beta", "0.18.99-beta commit=v0.18.99", "0.9.0-beta", "nonsense"])(
    "%s is refused",
    async (version) => {
      const world = await connected({ version });
      const health = await world.backend.healthCheck();
      expect(health).toMatchObject({ state: "refused", code: "lnd-too-old" });
      expect(await pay(world)).toMatchObject({ state: "refused", code: "lnd-too-old" });
      expect(sends(world)).toBe(0);
    },
  );
  it("0.19.0-beta is taken", async () => {
    const world = await connected({ version: "0.19.0-beta commit=v0.19.0-beta" });
    expect(await pay(world)).toMatchObject({ state: "succeeded" });
  });
});

describe("a node that is not ready", () => {
  it.each([
    ["LOCKED", "locked", "lnd-locked"],
    ["NON_EXISTING", "locked", "lnd-locked"],
    ["UNLOCKED", "starting", "lnd-starting"],
    ["RPC_ACTIVE", "starting", "lnd-starting"],
    ["WAITING_TO_START", "starting", "lnd-starting"],
  ] as const)("is seen as it is when its wallet is %s", async (wallet, state, code) => {
    const world = await connected();
    world.fake.node.state = wallet;
    expect(await world.backend.healthCheck()).toMatchObject({ state, code });
    await expect(world.backend.getBalance()).rejects.toMatchObject({ code });
    expect(await pay(world)).toMatchObject({ state: "refused", code });
    world.fake.node.state = "SERVER_ACTIVE";
    expect(await world.backend.healthCheck()).toMatchObject({ state: "active", sentence: "" });
  });
  it("locked in mid-run refuses a send with UNKNOWN, and we know that nothing left", async () => {
    const world = await connected();
    expect((await world.backend.healthCheck()).state).toBe("active");
    world.fake.node.state = "LOCKED";
    expect(await pay(world)).toMatchObject({ state: "refused", code: "lnd-locked" });
    expect(sends(world)).toBe(1);
    expect(world.fake.node.payments.list()).toEqual([]);
  });
  it("tells its words also when GetState said that it was active", async () => {
    const { fake, backend } = await connected();
    fake.script.plan(uri.channelBalance, "starting");
    const asked = backend.getBalance();
    await expect(asked).rejects.toMatchObject({ code: "lnd-starting" });
    await expect(asked).rejects.toThrow(words.starting);
  });
});

describe("a node that goes away", () => {
  it("is back by itself within 5 s, streams too", async () => {
    const { fake, backend } = await connected();
    backend.start();
    expect((await backend.healthCheck()).state).toBe("active");
    await fake.leave();
    await expect.poll(() => backend.health().state, { timeout: 10_000 }).toBe("away");
    const { clock } = createSystemTime();
    const returnedMs = clock.monotonicMs();
    await fake.comeBack();
    await expect.poll(() => backend.health().state, { timeout: 10_000 }).toBe("active");
    expect(clock.monotonicMs() - returnedMs).toBeLessThan(5000);
    const ear = new AbortController();
    const told: string[] = [];
    const cursor = { addIndex: 0n, settleIndex: 0n };
    const ended = backend.subscribeInvoices(cursor, (i) => told.push(i.memo), ear.signal);
    await expect.poll(() => fake.seen.includes(uri.subscribeInvoices)).toBe(true);
    fake.node.invoices.add({ preimage: "07".repeat(32), memo: "m", amountMsat: 1n, expiryS: 9 });
    await expect.poll(() => told).toEqual(["m"]);
    ear.abort();
    await ended.catch(() => {});
  });
  it("that never answers is away when the deadline passes", async () => {
    const late = { ms: 0 };
    const { fake, backend } = await connected({ late });
    expect((await backend.healthCheck()).state).toBe("active");
    fake.script.planEvery(uri.addInvoice, "silent");
    late.ms = 14_500;
    const preimage = Buffer.alloc(32, 5);
    const asked = backend.createInvoice({ preimage, amountMsat: 5n, memo: "", expiryS: 60 });
    await expect(asked).rejects.toMatchObject({ code: "lnd-away" });
    expect(fake.seen.at(-1)).toBe(uri.addInvoice);
  });
});

describe("answers of a real size", () => {
  it("pass: 5 MB, and 20 MB", async () => {
    const { fake, backend } = await connected();
    const draft = { memo: "big", amountMsat: 1000n, expiryS: 60 };
    fake.node.invoices.add({ ...draft, preimage: "09".repeat(32) });
    for (const pageBytes of [5_000_000, 20_000_000]) {
      fake.node.pageBytes = pageBytes;
      const before = fake.relay.traffic().bytes;
      expect(await backend.listInvoices({ afterAddIndex: 0n, limit: 1000 })).toHaveLength(1);
      expect(fake.relay.traffic().bytes - before).toBeGreaterThan(pageBytes);
    }
  });
});

describe("rights", () => {
  it("of the earning macaroon end before spending; none may close, delete or bake", async () => {
    const { fake } = await connected();
    const tokens = bakeThree(fake);
    const { earn } = tokens;
    expect(() => fake.macaroons.check(uri.addInvoice, [earn])).not.toThrow();
    expect(() => fake.macaroons.check(uri.sendPaymentV2, [earn])).toThrow("permission denied");
    for (const method of ["CloseChannel", "DeletePayment", "DeleteAllPayments", "BakeMacaroon"]) {
      for (const token of Object.values(tokens)) {
        const path = `/lnrpc.Lightning/${method}`;
        expect(() => fake.macaroons.check(path, [token])).toThrow("permission denied");
      }
    }
  });
  it("that were taken back are named as such", async () => {
    const world = await connected();
    await world.backend.healthCheck();
    world.fake.script.plan(uri.sendPaymentV2, "no-rights");
    expect(await pay(world)).toMatchObject({ state: "refused", code: "macaroon-refused" });
  });
});
