import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import type { Invoice, LightningBackend, PaymentOutcome } from "./backend.ts";
import { createMockBackend } from "./mock.ts";
import type { MockControls, MockOptions, PaymentFault } from "./mock-controls.ts";

const sat = (amount: number) => BigInt(amount) * 1000n;
type Mock = LightningBackend & MockControls;

function network(options: MockOptions & { seed?: number; timed?: boolean } = {}) {
  const time = createVirtualTime();
  const random = createRandom(options.seed ?? 7);
  const timers = options.timed === true ? { timers: time.timers } : {};
  const mock = createMockBackend({ clock: time.clock, random, ...timers }, options);
  return { mock, time };
}
const follow = () => ({ signal: new AbortController().signal });
const pay = (mock: Mock, bolt11: string, maxFeeMsat = sat(50)) =>
  mock.payInvoice({ bolt11, maxFeeMsat, timeoutS: 5 }, follow());
const track = (mock: Mock, bolt11: string) =>
  mock.trackPayment(mock.decode(bolt11).paymentHash, follow());
const invoice = (mock: Mock, fill = 1, amountMsat = sat(100)): Promise<Invoice> =>
  mock.createInvoice({
    preimage: new Uint8Array(32).fill(fill),
    amountMsat,
    memo: "tea",
    expiryS: 600,
  });
/** All that is ours, wherever it is. */
async function wealth(mock: Mock): Promise<bigint> {
  const b = await mock.getBalance();
  const chain = b.onchainConfirmedMsat + b.onchainUnconfirmedMsat + b.onchainLockedMsat;
  const channels = b.channelLocalMsat + b.channelUnsettledMsat + b.pendingOpenMsat;
  return chain + channels + b.channelReservedMsat;
}

describe("the mock network", () => {
  it("says mock wherever it names itself, and has sats to begin with", async () => {
    const { mock } = network();
    const health = await mock.healthCheck();
    expect([mock.kind, health.alias, health.version]).toEqual(["mock", "mock", "mock"]);
    for (const channel of await mock.channels()) expect(channel.peerAlias).toMatch(/^mock-/);
    const balance = await mock.getBalance();
    expect(balance.channelLocalMsat).toBe(sat(993_060));
    expect(balance.onchainConfirmedMsat).toBe(sat(100_000));
  });
  it("repeats itself for a seed and differs for another", async () => {
    const story = async (seed: number) => {
      const { mock } = network({ seed });
      const bolt11 = mock.makeForeignInvoice(sat(5), "tea");
      const outcome = await pay(mock, bolt11);
      return [bolt11, outcome, await mock.newAddress(), (await invoice(mock)).bolt11];
    };
    expect(await story(1)).toEqual(await story(1));
    expect(await story(1)).not.toEqual(await story(2));
  });
  it("takes up to twice the amount from a payer, and no more or less", async () => {
    const { mock } = network();
    const { bolt11, paymentHash } = await invoice(mock);
    expect(() => mock.payOurs(bolt11, sat(99))).toThrow("payment failed");
    expect(() => mock.payOurs(bolt11, sat(201))).toThrow("payment failed");
    mock.payOurs(bolt11, sat(200));
    expect((await mock.checkPayment(paymentHash)).paidMsat).toBe(sat(200));
    expect(() => mock.payOurs(bolt11)).toThrow("payment failed");
  });
  it("cannot send its reserve, nor receive what the other side must keep", async () => {
    const { mock } = network();
    const most = sat(496_530 - 10_000);
    expect((await pay(mock, mock.makeForeignInvoice(most, "all"))).state).toBe("failed");
    const fee = 1000n + most / 1_000_000n;
    expect((await pay(mock, mock.makeForeignInvoice(most - fee, "less"))).state).toBe("succeeded");
    const much = await invoice(mock, 2, sat(1_500_000));
    expect(() => mock.payOurs(much.bolt11)).toThrow("payment failed");
  });
  it("lets time pass in a payment and blocks come by themselves when it has timers", async () => {
    const { mock, time } = network({ timed: true, latencyMs: 300, blockMs: 1000 });
    let outcome: PaymentOutcome | null = null;
    const bolt11 = mock.makeForeignInvoice(sat(5), "tea");
    const done = pay(mock, bolt11).then((end) => {
      outcome = end;
    });
    time.advanceTo(299);
    expect((await mock.getBalance()).channelUnsettledMsat).toBe(sat(5) + 1000n);
    expect(outcome).toBeNull();
    time.advanceTo(300);
    await done;
    expect(outcome).toMatchObject({ state: "succeeded" });
    time.advanceTo(3500);
    expect((await mock.healthCheck()).blockHeight).toBe(453);
    await mock.close();
    expect(time.pending()).toEqual([]);
  });
});

describe("faults of the mock", () => {
  const play = async (fault: PaymentFault) => {
    const { mock } = network();
    const bolt11 = mock.makeForeignInvoice(sat(5), "tea");
    const { paymentHash } = mock.decode(bolt11);
    const before = await wealth(mock);
    mock.failNextPayment(fault);
    return { mock, bolt11, paymentHash, before };
  };
  it("drops the stream and succeeds all the same", async () => {
    const { mock, bolt11, before } = await play({ kind: "drop-then-succeed" });
    expect((await pay(mock, bolt11)).state).toBe("unknown");
    expect((await track(mock, bolt11)).state).toBe("succeeded");
    expect(before - (await wealth(mock))).toBe(mock.sentMsat());
    expect(mock.sentMsat()).toBe(sat(5) + 1000n);
  });
  it("drops the stream and fails", async () => {
    const { mock, bolt11, before } = await play({ kind: "drop-then-fail", reason: "timeout" });
    expect((await pay(mock, bolt11)).state).toBe("unknown");
    expect(await track(mock, bolt11)).toEqual({ state: "failed", reason: "timeout" });
    expect(await wealth(mock)).toBe(before);
  });
  it("drops the stream before anything left, once", async () => {
    const { mock, bolt11 } = await play({ kind: "drop-before-send" });
    expect((await pay(mock, bolt11)).state).toBe("unknown");
    expect(await track(mock, bolt11)).toEqual({ state: "not-found" });
    expect((await pay(mock, bolt11)).state).toBe("succeeded");
  });
  it("fails with the reason that was asked for", async () => {
    const { mock, bolt11 } = await play({ kind: "fail", reason: "error" });
    expect(await pay(mock, bolt11)).toEqual({ state: "failed", reason: "error" });
    expect(await track(mock, bolt11)).toEqual({ state: "failed", reason: "error" });
  });
  it("keeps a payment in flight until it is released, also through a snapshot", async () => {
    const { mock, bolt11, paymentHash } = await play({ kind: "stuck", drop: true });
    expect((await pay(mock, bolt11)).state).toBe("unknown");
    const { mock: later } = network({ snapshot: mock.snapshot() });
    const end = track(later, bolt11);
    expect((await later.getBalance()).channelUnsettledMsat).toBe(sat(5) + 1000n);
    later.release(paymentHash, "settle");
    expect((await end).state).toBe("succeeded");
  });
  it("loses the answer to a create, which may then be repeated", async () => {
    const { mock } = network();
    mock.dropNextCreate();
    await expect(invoice(mock)).rejects.toMatchObject({ code: "lnd-away" });
    expect((await invoice(mock)).addIndex).toBe(1n);
  });
  it("tells each event as often as it is told to", async () => {
    const { mock } = network();
    const told: string[] = [];
    const abort = new AbortController();
    const cursor = { addIndex: 0n, settleIndex: 0n };
    const done = mock.subscribeInvoices(cursor, (i) => told.push(i.state), abort.signal);
    mock.repeatEvents(2);
    const { bolt11 } = await invoice(mock);
    mock.payOurs(bolt11);
    await mock.getBalance();
    abort.abort();
    await done;
    expect(told).toEqual(["open", "open", "settled", "settled"]);
  });
  it("tells nothing to a listener who left, not even what happened just before", async () => {
    const { mock } = network();
    const abort = new AbortController();
    const told: Invoice[] = [];
    const cursor = { addIndex: 0n, settleIndex: 0n };
    const done = mock.subscribeInvoices(cursor, (i) => told.push(i), abort.signal);
    const made = invoice(mock);
    abort.abort();
    await Promise.all([made, done]);
    expect(told).toEqual([]);
  });
  it.each([
    ["away", "lnd-away"],
    ["locked", "lnd-locked"],
    ["starting", "lnd-starting"],
  ] as const)("ends streams and refuses calls while it is %s", async (state, code) => {
    const { mock } = network();
    const { signal } = follow();
    const stream = mock.subscribeInvoices({ addIndex: 0n, settleIndex: 0n }, () => {}, signal);
    const bolt11 = mock.makeForeignInvoice(sat(5), "tea");
    mock.failNextPayment({ kind: "stuck" });
    const sent = pay(mock, bolt11);
    mock.setNode(state);
    await expect(stream).rejects.toMatchObject({ code });
    await expect(mock.getBalance()).rejects.toMatchObject({ code });
    expect((await sent).state).toBe("unknown");
    expect(await pay(mock, bolt11)).toMatchObject({ state: "refused", code });
    expect(await mock.healthCheck()).toMatchObject({ state, code });
    mock.setNode("active");
    expect(await pay(mock, bolt11)).toEqual({ state: "exists" });
  });
});

describe("a snapshot of the mock", () => {
  it("goes on where it was: invoices, payments, coins, keys and a sweep in the making", async () => {
    const { mock } = network();
    await pay(mock, mock.makeForeignInvoice(sat(5), '{"$n":"5"}'));
    await invoice(mock);
    const address = await mock.newAddress();
    const sweep = await mock.fundSweep({ address, amountSat: 30_000n, satPerVbyte: 1 });
    const { mock: later } = network({ snapshot: mock.snapshot(), seed: 99 });
    expect(later.snapshot()).toBe(mock.snapshot());
    expect(await later.healthCheck()).toEqual(await mock.healthCheck());
    await later.publishTransaction(sweep.rawHex, "");
    expect(await later.confirmations(sweep.txid)).toBe(0);
    expect(later.makeForeignInvoice(sat(1), "")).toBe(mock.makeForeignInvoice(sat(1), ""));
  });
  it("ends what was on its way, without asking a caller who does not have it yet", async () => {
    const { mock, time } = network({ timed: true, latencyMs: 300 });
    const bolt11 = mock.makeForeignInvoice(sat(5), "tea");
    void pay(mock, bolt11);
    const snapshot = mock.snapshot();
    const onChange = () => {
      throw new Error("asked while it is being made");
    };
    const { mock: later } = network({ snapshot, onChange });
    expect((await track(later, bolt11)).state).toBe("succeeded");
    expect((await later.getBalance()).channelUnsettledMsat).toBe(0n);
    time.advanceTo(300);
  });
  it("is asked for after each change", async () => {
    let changes = 0;
    const onChange = () => {
      changes++;
    };
    const { mock } = network({ onChange });
    await invoice(mock);
    const afterCreate = changes;
    await pay(mock, mock.makeForeignInvoice(sat(5), "tea"));
    expect(afterCreate).toBe(1);
    expect(changes).toBeGreaterThan(2);
    const before = changes;
    await mock.getBalance();
    expect(changes).toBe(before);
  });
  it.each(["", "null", "[]", '{"version":2}', '{"version":1}', '{"a":{"$n":"x"}}'])(
    "that is none is refused: %s",
    (snapshot) => {
      expect(() => network({ snapshot })).toThrow(expect.objectContaining({ code: "bad-file" }));
    },
  );
});

describe("money in the mock", () => {
  it("neither appears nor vanishes in 600 random deeds (seeds 1, 2, 3)", async () => {
    for (const seed of [1, 2, 3]) await liveThrough(seed, 200);
  });
});

/** What each deed adds to all that is ours; deeds that are refused add nothing. */
async function liveThrough(seed: number, deeds: number): Promise<void> {
  const random = createRandom(seed).stream("deeds");
  const pick = (below: number) => Math.floor(random.uniform() * below);
  let { mock } = network({ seed });
  const bridge = mock.pubkeyOf("bridge");
  let expected = await wealth(mock);
  let sent = 0n;
  const stuck: string[] = [];
  const refused = (run: () => void, gainMsat = 0n) => {
    try {
      run();
      return gainMsat;
    } catch {
      return 0n;
    }
  };
  const deed: readonly (() => Promise<bigint>)[] = [
    async () => {
      const bolt11 = mock.makeForeignInvoice(sat(1 + pick(150_000)), "x");
      const kind = (["none", "stuck", "drop-then-succeed"] as const)[pick(3)] ?? "none";
      if (kind === "stuck") stuck.push(mock.decode(bolt11).paymentHash);
      if (kind !== "none") mock.failNextPayment({ kind, drop: true });
      await pay(mock, bolt11, sat(pick(3)));
      return 0n;
    },
    async () => {
      const hash = stuck.shift();
      if (hash === undefined) return 0n;
      const how = pick(2) === 0 ? "settle" : "timeout";
      return refused(() => mock.release(hash, how));
    },
    async () => {
      const { bolt11, amountMsat } = await fresh();
      return refused(() => mock.payOurs(bolt11), amountMsat);
    },
    async () => {
      const amountMsat = sat(1 + pick(100_000));
      return refused(() => mock.forward(amountMsat), 1000n + amountMsat / 1_000_000n);
    },
    async () => {
      const { bolt11, amountMsat } = await fresh();
      const out = (await mock.channels())[0]?.id ?? "";
      const circular = { outgoingChannelId: out, lastHopPubkey: bridge };
      const request = { bolt11, maxFeeMsat: sat(9), timeoutS: 5, circular };
      return (await mock.payInvoice(request, follow())).state === "succeeded" ? amountMsat : 0n;
    },
    async () => {
      const amountSat = BigInt(1000 + pick(90_000));
      mock.sendCoins(await mock.newAddress(), amountSat);
      return amountSat * 1000n;
    },
    async () => refused(() => mock.mine(1 + pick(3))),
    async () => {
      const address = await mock.newAddress();
      const wish = { address, amountSat: BigInt(1000 + pick(50_000)), satPerVbyte: 1 + pick(5) };
      const signed = await mock.fundSweep(wish).catch(() => null);
      if (signed === null || pick(4) === 0) return 0n;
      await mock.publishTransaction(signed.rawHex, "");
      return -signed.feeMsat;
    },
    async () => {
      ({ mock } = network({ seed, snapshot: mock.snapshot() }));
      return 0n;
    },
  ];
  function fresh() {
    const preimage = Uint8Array.from({ length: 32 }, () => pick(256));
    const amountMsat = sat(1 + pick(60_000));
    return mock.createInvoice({ preimage, amountMsat, memo: "", expiryS: 600 });
  }
  for (let k = 0; k < deeds; k++) {
    expected += (await deed[pick(deed.length)]?.()) ?? 0n;
    expected -= mock.sentMsat() - sent;
    sent = mock.sentMsat();
    expect(await wealth(mock), `seed ${seed}, deed ${k}`).toBe(expected);
    for (const channel of await mock.channels()) {
      expect(channel.localMsat).toBeGreaterThanOrEqual(0n);
      expect(channel.remoteMsat).toBeGreaterThanOrEqual(0n);
    }
  }
  expect(sent).toBeGreaterThan(0n);
}
