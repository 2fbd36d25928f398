import { status as grpcStatus } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { abortable, createNodeCalls } from "./node-calls.ts";
import { type NodeStatus, statusOfCode } from "./node-status.ts";
import type { NodeWatch } from "./node-watch.ts";
import { callRights } from "./rights.ts";
import type { CallResult, Transport } from "./transport.ts";

const active: NodeStatus = { state: "active", code: null, details: "", info: null };

function setUp(statuses: readonly NodeStatus[] = [active]) {
  const sent: { path: string; macaroon: string }[] = [];
  const world = {
    answer: { ok: true, value: {} } as CallResult<unknown>,
    ready: true,
    suspected: [] as (string | null)[],
    looks: 0,
  };
  const note = async ({ method, macaroon }: { method: { path: string }; macaroon: string }) => {
    sent.push({ path: method.path, macaroon });
    return world.answer as CallResult<never>;
  };
  const transport = {
    unary: note,
    stream: note,
    ready: async () => world.ready,
    sinceNow: () => () => true,
    onLost() {},
    close() {},
  } as Transport;
  let status = statuses[0] ?? active;
  const watch = {
    status: () => status,
    check: async () => {
      world.looks++;
      status = statuses[world.looks] ?? status;
      return status;
    },
    suspect: (next: NodeStatus) => world.suspected.push(next.code),
  } as unknown as NodeWatch;
  const macaroons = { earn: "0e", spend: "05", sweep: "0f" };
  return { world, sent, calls: createNodeCalls({ transport, watch, macaroons }) };
}
const fault = (status: number, text: string): CallResult<unknown> => ({
  ok: false,
  fault: { status, text, sent: true },
});

describe("a call", () => {
  it("goes out with the macaroon of the table and no other", async () => {
    const { calls, sent } = setUp();
    const hex = { earn: "0e", spend: "05", sweep: "0f", open: "", admin: "" };
    const expected: string[] = [];
    for (const [name, right] of Object.entries(callRights)) {
      await calls.ask(name as "getInfo", {});
      expected.push(hex[right]);
    }
    expect(sent.map(({ macaroon }) => macaroon)).toEqual(expected);
    expect(Object.keys(callRights)).toHaveLength(sent.length);
  });
  it("asks how the node is before it sends to one that was not active", async () => {
    const { calls, sent, world } = setUp([statusOfCode("lnd-away", ""), active]);
    await calls.call("getInfo", {});
    expect([world.looks, sent.length]).toEqual([1, 1]);
  });
  it("is not sent to a locked, strange or outdated node", async () => {
    for (const code of ["lnd-locked", "lnd-identity", "lnd-too-old", "lnd-away"] as const) {
      const { calls, sent } = setUp([statusOfCode(code, "")]);
      await expect(calls.call("getInfo", {})).rejects.toMatchObject({ code });
      expect((await calls.admit())?.code).toBe(code);
      expect(sent).toEqual([]);
    }
  });
  it("makes the node suspect when the fault tells of the node, and only then", async () => {
    const { calls, world } = setUp();
    const quiet = [
      fault(grpcStatus.UNKNOWN, "insufficient funds"),
      fault(grpcStatus.UNKNOWN, "permission denied"),
      fault(grpcStatus.CANCELLED, "Cancelled on client"),
      fault(grpcStatus.NOT_FOUND, "no invoice"),
    ];
    for (const answer of quiet) {
      world.answer = answer;
      await calls.ask("getInfo", {});
    }
    expect(world.suspected).toEqual([]);
    const loud = [
      fault(grpcStatus.UNAVAILABLE, "Connection dropped"),
      fault(grpcStatus.DEADLINE_EXCEEDED, "late"),
      fault(grpcStatus.UNKNOWN, "wallet locked, unlock it to enable"),
    ];
    for (const answer of loud) {
      world.answer = answer;
      await calls.follow("trackPayment", {} as never, new AbortController().signal, () => {});
    }
    expect(world.suspected).toEqual(["lnd-away", "lnd-away", "lnd-locked"]);
  });
});

describe("admission", () => {
  it("wants both connections", async () => {
    const { calls, world } = setUp();
    expect(await calls.admit()).toBeNull();
    world.ready = false;
    expect((await calls.admit())?.code).toBe("lnd-away");
  });
});

it("waiting ends with the signal, before and after it began", async () => {
  const never = new Promise<void>(() => {});
  await expect(abortable(never, AbortSignal.abort())).rejects.toMatchObject({ code: "lnd-away" });
  const stop = new AbortController();
  const waiting = abortable(never, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: "lnd-away" });
  expect(await abortable(Promise.resolve(7), new AbortController().signal)).toBe(7);
});
