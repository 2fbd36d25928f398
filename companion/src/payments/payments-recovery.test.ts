import { describe, expect, it } from "vitest";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend, PaymentOutcome } from "../lightning/backend.ts";
import { voidGraceMs } from "./limits.ts";
import { amountMsat, capMsat, figures, setUp, type World } from "./payment-world.ts";

describe("what is not known", () => {
  it("is followed to a success that the stream did not tell", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "drop-then-succeed" });
    await world.sendTo("succeeded", world.request(world.invoice()));
    expect(world.mock.sentMsat()).toBe(amountMsat + 1000n);
    expect(world.faults()).toEqual([]);
  });
  it("is followed to a failure that the stream did not tell", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "drop-then-fail", reason: "no-route" });
    await world.sendTo("failed", world.request(world.invoice()));
    expect(figures(world)).toEqual([1_000_000n, 0n, 1_000_000n, 0n]);
  });
  it("is sent again when the node never heard of it", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "drop-before-send" });
    await world.sendTo("succeeded", world.request(world.invoice()));
    expect(world.mock.sentMsat()).toBe(amountMsat + 1000n);
    expect(world.faults()).toEqual([]);
  });
  it("stays held until the invoice expired, an hour passed and the node knows nothing", async () => {
    const world = setUp();
    const deaf = deafBackend(world.mock);
    const payments = world.makePayments(deaf.backend);
    const lost = await world.sendTo("unknown", world.request(world.invoice()), payments);
    await world.until(
      () => world.time.clock.wallMs() >= lost.expiresMs + voidGraceMs - 60_000,
      5000,
      10_000_000,
    );
    expect(payments.get(lost.id)?.state).toBe("unknown");
    expect(world.party("agent:a").heldMsat).toBe(amountMsat + capMsat);
    await world.until(() => payments.get(lost.id)?.state === "failed", 5000);
    expect(payments.get(lost.id)?.reason).toBe("void");
    expect(deaf.calls()).toBeGreaterThan(1);
    expect(figures(world)).toEqual([1_000_000n, 0n, 1_000_000n, 0n]);
    expect(world.faults(payments)).toEqual([]);
  });
  it("is asked for patiently when a call says nothing", async () => {
    const world = setUp();
    const silent: LightningBackend = {
      ...world.mock,
      payInvoice: (request, follow) => {
        void world.mock.payInvoice(request, follow);
        return new Promise(() => {});
      },
    };
    const payments = world.makePayments(silent);
    await world.sendTo("succeeded", world.request(world.invoice()), payments);
    expect(world.time.clock.monotonicMs()).toBeGreaterThan(60_000);
    expect(world.faults(payments)).toEqual([]);
  });
});

describe("stopping", () => {
  it("leaves closed books alone, however late the node answers", async () => {
    const world = setUp();
    let answer = () => {};
    const healthCheck: LightningBackend["healthCheck"] = async (signal) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return world.mock.healthCheck(signal);
    };
    const payments = world.makePayments({ ...world.mock, healthCheck });
    payments.start();
    await payments.stop();
    world.books.close();
    answer();
    await world.turns();
    expect(world.logger.lines.filter((line) => line.level === "error")).toEqual([]);
  });
});

describe("payees that keep payments in flight", () => {
  it("do not keep others from being paid", async () => {
    const world = setUp(100_000_000n);
    for (let k = 0; k < 100; k++) world.mock.failNextPayment({ kind: "stuck" });
    const stuck = Array.from({ length: 100 }, (_, k) =>
      world.request(world.invoice(1000n), { key: `stuck-${k}` }),
    );
    await Promise.all(stuck.map((request) => world.payments.send(request)));
    await world.until(() => world.all().every((payment) => payment.state === "inflight"));
    const sinceMs = world.time.clock.monotonicMs();
    await world.sendTo("succeeded", world.request(world.invoice(), { key: "mine" }));
    expect(world.time.clock.monotonicMs() - sinceMs).toBeLessThan(1000);
    expect(world.faults()).toEqual([]);
  });
  it("for days are followed for days", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "stuck" });
    const stuck = await world.sendTo("inflight", world.request(world.invoice()));
    const endMs = world.time.clock.monotonicMs() + 2 * 86_400_000;
    await world.until(() => world.time.clock.monotonicMs() >= endMs, 20_000, 3 * 86_400_000);
    expect(world.party("agent:a").heldMsat).toBe(amountMsat + capMsat);
    world.mock.release(stuck.paymentHash, "no-route");
    await world.until(() => world.payments.get(stuck.id)?.state === "failed", 1000);
    expect(figures(world)).toEqual([1_000_000n, 0n, 1_000_000n, 0n]);
  });
});

/** A node to which requests to pay do not get through, and which therefore knows nothing. */
function deafBackend(mock: LightningBackend) {
  let calls = 0;
  const backend: LightningBackend = {
    ...mock,
    async payInvoice() {
      calls++;
      return { state: "unknown", why: "the stream dropped" };
    },
  };
  return { backend, calls: () => calls };
}

describe("a node that breaks its word", () => {
  const saying = (world: World, outcome: PaymentOutcome) =>
    world.makePayments({ ...world.mock, payInvoice: async () => outcome });
  const preimageOf = async (world: World, bolt11: string): Promise<string> => {
    const signal = new AbortController().signal;
    const outcome = await world.mock.payInvoice(
      { bolt11, maxFeeMsat: 9000n, timeoutS: 1 },
      { signal },
    );
    return outcome.state === "succeeded" ? outcome.preimage : "";
  };
  it("with a wrong preimage is not believed", async () => {
    const world = setUp();
    const payments = saying(world, { state: "succeeded", preimage: "00".repeat(32), feeMsat: 0n });
    await world.sendTo("unknown", world.request(world.invoice()), payments);
    expect(world.codes()).toEqual(["wrong-preimage"]);
    expect(world.party("agent:a").heldMsat).toBe(amountMsat + capMsat);
    await payments.stop();
  });
  it("with a fee over the cap is booked as it was, and what is not covered is in suspense", async () => {
    const world = setUp(amountMsat + capMsat + 3000n);
    const bolt11 = world.invoice();
    const preimage = await preimageOf(world, bolt11);
    const payments = saying(world, { state: "succeeded", preimage, feeMsat: 20_000n });
    const paid = await world.sendTo("succeeded", world.request(bolt11), payments);
    expect(paid.feeMsat).toBe(20_000n);
    expect(figures(world)).toEqual([0n, 0n, -7000n, 0n]);
    expect(world.balance("suspense")).toBe(7000n);
    expect(world.codes().sort()).toEqual(["fee-over-cap", "not-covered"]);
    expect(world.faults(payments)).toEqual([]);
  });
  it("that pays what had failed is put right by a compensating journal", async () => {
    const world = setUp(amountMsat + capMsat);
    const bolt11 = world.invoice();
    let finish: (outcome: PaymentOutcome) => void = () => {};
    const slow: LightningBackend = {
      ...world.mock,
      payInvoice: () => new Promise((resolve) => (finish = resolve)),
      trackPayment: async () => ({ state: "failed", reason: "no-route" }),
    };
    const payments = world.makePayments(slow);
    const lost = await world.sendTo("failed", world.request(bolt11), payments);
    world.books.write(() => {
      const postings = [
        { account: "party:agent:a", amountMsat: 30_000n },
        { account: "party:owner", amountMsat: -30_000n },
      ];
      const entry = { kind: "move", actor: "person:test", note: "", reference: "", service: "" };
      world.ledger.post({ ...entry, key: "move", party: "owner", postings });
    });
    finish({ state: "succeeded", preimage: await preimageOf(world, bolt11), feeMsat: 1000n });
    await world.until(() => payments.get(lost.id)?.state === "succeeded");
    expect(figures(world)).toEqual([0n, 0n, 9000n, 0n]);
    expect(world.balance("suspense")).toBe(21_000n);
    expect(world.codes().sort()).toEqual(["late-success", "not-covered"]);
    expect(world.faults(payments)).toEqual([]);
  });
});

describe("a node that carries out a first request after a second one failed", () => {
  it("is noticed within minutes, without a restart", async () => {
    const world = setUp();
    const bolt11 = world.invoice();
    let calls = 0;
    let late = false;
    const backend: LightningBackend = {
      ...world.mock,
      async payInvoice() {
        calls++;
        if (calls === 1) return { state: "unknown", why: "the stream dropped" };
        return { state: "failed", reason: "no-route" };
      },
      async trackPayment(hash, follow) {
        return late ? world.mock.trackPayment(hash, follow) : { state: "not-found" };
      },
    };
    const payments = world.makePayments(backend);
    payments.start();
    const failed = await world.sendTo("failed", world.request(bolt11), payments);
    expect(calls).toBe(2);
    const { signal } = new AbortController();
    await world.mock.payInvoice({ bolt11, maxFeeMsat: 9000n, timeoutS: 1 }, { signal });
    late = true;
    await world.until(() => payments.get(failed.id)?.state === "succeeded", 1000);
    expect(world.codes()).toEqual(["late-success"]);
    expect(world.faults(payments)).toEqual([]);
    await payments.stop();
  });
});

describe("a node that is away", () => {
  it("gets the payment when it is back", async () => {
    const world = setUp();
    world.mock.setNode("away");
    const request = world.request(world.invoice());
    await world.sendTo("draft", request);
    expect(figures(world)).toEqual([1_000_000n, amountMsat + capMsat, 1_000_000n, 0n]);
    const sinceMs = world.time.clock.monotonicMs() + 60_000;
    await world.until(() => world.time.clock.monotonicMs() >= sinceMs, 500);
    world.mock.setNode("active");
    const backMs = world.time.clock.monotonicMs();
    await world.until(() => world.all()[0]?.state === "succeeded");
    expect(world.time.clock.monotonicMs() - backMs).toBeLessThan(5000);
    expect(world.faults()).toEqual([]);
  });
  it("does not get one that expired meanwhile: it is void", async () => {
    const world = setUp();
    world.mock.setNode("away");
    const late = await world.sendTo("draft", world.request(world.invoice(amountMsat, 60)));
    await world.until(() => world.payments.get(late.id)?.state === "failed", 1000);
    expect(world.payments.get(late.id)?.reason).toBe("invoice-expired");
    expect(figures(world)).toEqual([1_000_000n, 0n, 1_000_000n, 0n]);
  });
  it("that goes away in the middle leaves the payment unknown until it is back", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "stuck" });
    const stuck = await world.sendTo("inflight", world.request(world.invoice()));
    world.mock.setNode("away");
    world.mock.release(stuck.paymentHash, "settle");
    await world.until(() => world.payments.get(stuck.id)?.state === "unknown");
    world.mock.setNode("active");
    await world.until(() => world.payments.get(stuck.id)?.state === "succeeded");
    expect(world.faults()).toEqual([]);
  });
  it("that says nothing at all is away, and the payment waits", async () => {
    const world = setUp();
    let silent = true;
    const never = new Promise<never>(() => {});
    const payments = world.makePayments({
      ...world.mock,
      healthCheck: (signal) => (silent ? never : world.mock.healthCheck(signal)),
    });
    const sent = payments.send(world.request(world.invoice()));
    await world.until(() => payments.list({ limit: 1 })[0]?.state === "draft");
    expect(await sent).toMatchObject({ ok: true });
    silent = false;
    await world.until(() => payments.list({ limit: 1 })[0]?.state === "succeeded");
  });
  it("holds back what waits while the kill switch is on", async () => {
    const world = setUp();
    world.knobs.paused = true;
    await world.sendTo("draft", world.request(world.invoice()));
    expect(world.mock.sentMsat()).toBe(0n);
    world.knobs.paused = false;
    await world.until(() => world.all()[0]?.state === "succeeded");
  });
});

describe("after a crash", () => {
  type Script = Parameters<World["mock"]["failNextPayment"]>[0] | null;
  const scripts: readonly (readonly [string, Script])[] = [
    ["all is well", null],
    ["the stream dropped", { kind: "drop-then-succeed" }],
    ["it never left", { kind: "drop-before-send" }],
    ["it fails", { kind: "drop-then-fail", reason: "no-route" }],
  ];
  /** Books of a process that dies before or after its commit number `count`. */
  function dyingBooks(books: Books, count: number, when: "before" | "after"): Books {
    let commits = 0;
    const never = new Promise<never>(() => {});
    const commit = async <T>(work: () => T): Promise<T> => {
      commits++;
      if (commits > count || (commits === count && when === "before")) return never;
      const result = await books.commit(work);
      return commits === count ? never : result;
    };
    return { ...books, commit };
  }
  it.each(scripts)("at any step another process ends it once: %s", async (_title, script) => {
    for (let k = 2; k < 12; k++) {
      const world = setUp();
      if (script !== null) world.mock.failNextPayment(script);
      const request = world.request(world.invoice());
      const books = dyingBooks(world.books, k >> 1, k % 2 === 0 ? "before" : "after");
      const dead = world.makePayments(world.mock, books);
      void dead.send(request);
      const quietMs = world.time.clock.monotonicMs() + 3000;
      await world.until(() => world.time.clock.monotonicMs() >= quietMs);
      world.payments.start();
      // Whoever asked heard nothing, and asks again with the same key.
      const again = await world.payments.send(request);
      const id = again.ok ? again.payment.id : "";
      await world.until(() =>
        ["succeeded", "failed"].includes(world.payments.get(id)?.state ?? ""),
      );
      const leftMsat = world.payments.get(id)?.state === "succeeded" ? amountMsat + 1000n : 0n;
      expect([k, world.mock.sentMsat()]).toEqual([k, leftMsat]);
      expect([k, ...figures(world)]).toEqual([
        k,
        1_000_000n - leftMsat,
        0n,
        1_000_000n - leftMsat,
        0n,
      ]);
      expect(world.faults()).toEqual([]);
    }
  });
  it("hundreds of payments that are not known are known again", async () => {
    const world = setUp(1_000_000_000n);
    const first = world.makePayments(deafBackend(world.mock).backend);
    const requests = Array.from({ length: 300 }, (_, k) =>
      world.request(world.invoice(1000n), { key: `order-${k}`, maxFeeMsat: 2000n }),
    );
    const sent = await Promise.all(requests.map((request) => first.send(request)));
    expect(sent.every((result) => result.ok)).toBe(true);
    await world.until(() => world.all().every((payment) => payment.state === "unknown"));
    await first.stop();
    world.payments.start();
    await world.until(() => world.all().every((payment) => payment.state === "succeeded"));
    expect(world.mock.sentMsat()).toBe(300n * 2000n);
    expect(world.faults()).toEqual([]);
  });
});
