import { status as grpcStatus } from "@grpc/grpc-js";
import { lndMethods } from "@timmy/protos/lnd";
import type { GetInfoResponse, WalletState } from "@timmy/protos/messages";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createNodeWatch } from "./node-watch.ts";
import type { CallResult, Transport } from "./transport.ts";

const info: GetInfoResponse = {
  version: "0.21.2-beta",
  identity_pubkey: "02aa",
  alias: "office",
  block_height: 450,
  synced_to_chain: true,
  synced_to_graph: true,
  chains: [{ network: "regtest" }],
};

/** A node whose answers a test sets; everything that is asked is counted. */
function createNode() {
  const node = {
    up: true,
    wallet: "SERVER_ACTIVE" as WalletState,
    info,
    asked: 0,
    /** Runs while GetInfo is on its way. */
    meanwhile: () => {},
    lose: () => {},
  };
  const answer = (path: string): CallResult<unknown> => {
    node.asked++;
    if (!node.up) {
      const text = "No connection established";
      return { ok: false, fault: { status: grpcStatus.UNAVAILABLE, text, sent: false } };
    }
    if (path === lndMethods.getState.path) return { ok: true, value: { state: node.wallet } };
    node.meanwhile();
    return { ok: true, value: node.info };
  };
  const transport: Transport = {
    unary: async <Q, R>({ method }: { method: { path: string } } & { request: Q }) =>
      answer(method.path) as CallResult<R>,
    stream: async () => ({ ok: true, value: null }),
    ready: async () => node.up,
    sinceNow: () => () => true,
    onLost(listen) {
      node.lose = listen;
    },
    close() {},
  };
  return { node, transport };
}

function setUp() {
  const { node, transport } = createNode();
  const time = createVirtualTime();
  const logger = createMemoryLogger();
  const watch = createNodeWatch(
    { transport, timers: time.timers, logger },
    { pinned: { pubkey: "02aa", network: "regtest" }, macaroon: "00" },
  );
  const seen: (string | null)[] = [];
  watch.onState(({ state, code }) => seen.push(code ?? state));
  /** Lets time pass in small steps, with room for promises between them. */
  async function pass(ms: number, stepMs = 50) {
    const endMs = time.clock.monotonicMs() + ms;
    while (time.clock.monotonicMs() < endMs) {
      time.advanceTo(time.clock.monotonicMs() + stepMs);
      for (let k = 0; k < 20; k++) await Promise.resolve();
    }
  }
  return { node, time, logger, watch, seen, pass };
}

describe("the watch over the node", () => {
  it("is active after the first look, and looks again every five seconds", async () => {
    const { node, watch, seen, pass } = setUp();
    expect(watch.status().state).toBe("starting");
    watch.start();
    await pass(100);
    expect(seen).toEqual(["active"]);
    const asked = node.asked;
    await pass(20_000);
    expect(node.asked - asked).toBeGreaterThanOrEqual(6);
    expect(node.asked - asked).toBeLessThanOrEqual(10);
    watch.stop();
  });
  it("sees the node back within five seconds of its return, however long it was away", async () => {
    const { node, watch, seen, pass, time } = setUp();
    watch.start();
    await pass(100);
    node.up = false;
    node.lose();
    expect(watch.status().code).toBe("lnd-away");
    await pass(3_600_000, 1000);
    node.up = true;
    const returnedMs = time.clock.monotonicMs();
    while (watch.status().state !== "active") await pass(50);
    expect(time.clock.monotonicMs() - returnedMs).toBeLessThanOrEqual(5000);
    expect(seen).toEqual(["active", "lnd-away", "active"]);
    watch.stop();
  });
  it("asks about once in two seconds while the node is away", async () => {
    const { node, watch, pass } = setUp();
    node.up = false;
    watch.start();
    await pass(600_000, 250);
    expect(node.asked).toBeLessThan(320);
    expect(node.asked).toBeGreaterThan(280);
    watch.stop();
  });
  it("goes through locked and starting to active", async () => {
    const { node, watch, seen, pass } = setUp();
    node.wallet = "LOCKED";
    watch.start();
    await pass(1000);
    node.wallet = "RPC_ACTIVE";
    await pass(3000);
    node.wallet = "SERVER_ACTIVE";
    await pass(3000);
    expect(seen).toEqual(["lnd-locked", "lnd-starting", "active"]);
    watch.stop();
  });
  it("stays refused after another identity, even when the old one is back", async () => {
    const { node, watch, seen, logger, pass } = setUp();
    watch.start();
    await pass(100);
    node.info = { ...info, identity_pubkey: "03bb" };
    await pass(6000);
    expect(watch.status()).toMatchObject({ state: "refused", code: "lnd-identity" });
    node.info = info;
    await pass(60_000);
    expect((await watch.check()).code).toBe("lnd-identity");
    expect(seen).toEqual(["active", "lnd-identity"]);
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    watch.stop();
  });
  it("takes a node that was too old once it was upgraded", async () => {
    const { node, watch, seen, pass } = setUp();
    node.info = { ...info, version: "0.18.5-beta" };
    watch.start();
    await pass(1000);
    node.info = info;
    await pass(3000);
    expect(seen).toEqual(["lnd-too-old", "active"]);
    watch.stop();
  });
  it("does not believe an answer from before the connection broke", async () => {
    const { node, watch, pass } = setUp();
    node.meanwhile = () => node.lose();
    watch.start();
    await pass(100);
    expect(watch.status().code).toBe("lnd-away");
    node.meanwhile = () => {};
    await pass(3000);
    expect(watch.status().state).toBe("active");
    watch.stop();
  });
  it("asks once for several who want to know at the same time", async () => {
    const { node, watch } = setUp();
    await Promise.all([watch.check(), watch.check(), watch.check()]);
    expect(node.asked).toBe(2);
  });
  it("leaves no timer behind when it is stopped", async () => {
    const { watch, time, pass } = setUp();
    watch.start();
    await pass(100);
    watch.stop();
    watch.stop();
    expect(time.pending()).toEqual([]);
    await watch.check();
    expect(time.pending()).toEqual([]);
  });
});
