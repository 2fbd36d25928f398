import { status as grpcStatus } from "@grpc/grpc-js";
import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import { errorOfFault, type Fault } from "./faults.ts";
import type { NodeCalls } from "./node-calls.ts";
import { fundSweep, openChannel, publishTransaction, readForwards } from "./node-chain.ts";

/** One input; 20,000 sat to the payee, 1,979,718 sat back; a real lnd built it. */
const raw =
  "02000000000101e0bf3689608f2056982dec2509c1af16dc6e608d56ab0cf318a5bc556b274cf30400000000ffffffff02204e00000000000016001428f01a4b0c849dce1b0ac4a33c3a79ffe0ac258846351e000000000016001414e305ea74f91989292592ea385152f0c756beda02473044022036658672cbf7f129b08565a22b9c54f6919ba171e0917f20428db186922de06302206177f4bf607557bb611e9b96a4faba67c7369a771a832ee2401e4e3289439ca6012102fb9ed4f71f93f5c297c796bfa747827b05eb6d8f23a7dc5c184a7b7207fb7fa000000000";
const txid = "6813c2150fc3b620e255172d9a3b69be526f0136f552d63d574cf3e63338a79a";
const lease = {
  id: Buffer.alloc(32, 1),
  outpoint: { txid_bytes: Buffer.alloc(32, 2), txid_str: "02", output_index: 4 },
  value: "2000000",
};
const funded = { funded_psbt: Buffer.of(1), change_output_index: 1, locked_utxos: [lease] };
const finalized = { signed_psbt: Buffer.of(2), raw_final_tx: Buffer.from(raw, "hex") };
const request = { address: "bcrt1q", amountSat: 20_000n, satPerVbyte: 2 };
const fault = (text: string): Fault => ({ status: grpcStatus.UNKNOWN, text, sent: true });

/** A node that answers each call by its name: with a value, or with a fault. */
function node(answers: Record<string, unknown>) {
  const asked: { name: string; body: unknown }[] = [];
  const isFault = (value: unknown): value is Fault =>
    typeof value === "object" && value !== null && "sent" in value;
  const ask = async (name: string, body: unknown) => {
    asked.push({ name, body });
    const value = answers[name] ?? {};
    return isFault(value) ? { ok: false, fault: value } : { ok: true, value };
  };
  const call = async (name: string, body: unknown) => {
    const result = await ask(name, body);
    if (result.fault !== undefined) throw errorOfFault(result.fault, name);
    return result.value;
  };
  return { calls: { ask, call } as unknown as NodeCalls, asked };
}
const names = (asked: { name: string }[]) => asked.map(({ name }) => name);

describe("a sweep", () => {
  it("is built and signed, with its fee, and publishes nothing", async () => {
    const { calls, asked } = node({ fundPsbt: funded, finalizePsbt: finalized });
    const signed = await fundSweep(calls, request);
    expect(signed).toEqual({ txid, rawHex: raw, feeMsat: 282_000n });
    expect(names(asked)).toEqual(["fundPsbt", "finalizePsbt"]);
    expect(asked[0]?.body).toMatchObject({ raw: { outputs: { bcrt1q: "20000" } }, min_confs: 1 });
  });
  it("gives the coins back when the signing fails", async () => {
    const { calls, asked } = node({ fundPsbt: funded, finalizePsbt: fault("no key") });
    await expect(fundSweep(calls, request)).rejects.toThrow(/no key/);
    expect(asked.at(-1)).toEqual({
      name: "releaseOutput",
      body: { id: lease.id, outpoint: { txid_bytes: Buffer.alloc(32, 2), output_index: 4 } },
    });
  });
  it("is refused when the node built another one than was asked for", async () => {
    const cases = [
      [{}, { ...request, amountSat: 19_999n }],
      [{ change_output_index: -1 }, request],
      [{ locked_utxos: [lease, lease] }, request],
      [{ locked_utxos: [{ ...lease, value: "1999718" }] }, request],
    ] as const;
    for (const [change, asked] of cases) {
      const { calls } = node({ fundPsbt: { ...funded, ...change }, finalizePsbt: finalized });
      await expect(fundSweep(calls, asked)).rejects.toThrow(/another transaction/);
    }
  });
});

describe("publishing", () => {
  it("again is no error once the transaction is in a block", async () => {
    const publishTransaction_ = fault("transaction rejected: output already spent");
    const answers = { publishTransaction: publishTransaction_ };
    const mined = node({ ...answers, getTransaction: { num_confirmations: 3 } });
    await publishTransaction(mined.calls, raw, "sweep");
    expect(mined.asked.at(-1)?.body).toEqual({ txid });
    const waiting = node({ ...answers, getTransaction: { num_confirmations: 0 } });
    await expect(publishTransaction(waiting.calls, raw, "sweep")).rejects.toThrow(/already spent/);
    const strange = node({ ...answers, getTransaction: fault("can not find transaction") });
    await expect(publishTransaction(strange.calls, raw, "sweep")).rejects.toThrow(/already spent/);
  });
  it("reads the error that comes in an answer", async () => {
    const answer = { publish_error: "fee too low" };
    const { calls } = node({
      publishTransaction: answer,
      getTransaction: fault("can not find transaction"),
    });
    await expect(publishTransaction(calls, raw, "sweep")).rejects.toThrow(/fee too low/);
  });
  it("sends nothing that is no transaction", async () => {
    const { calls, asked } = node({});
    await expect(publishTransaction(calls, "0200", "x")).rejects.toBeInstanceOf(TimmyError);
    expect(asked).toEqual([]);
  });
});

describe("opening a channel", () => {
  const open = { peerPubkey: "02ab", capacitySat: 50_000n, satPerVbyte: 2, isPrivate: false };
  const point = { funding_txid_bytes: Buffer.from("0102", "hex"), output_index: 1 };

  it("connects first, and does not mind a peer that is connected", async () => {
    const connectPeer = fault("already connected to peer: 02ab@x");
    const { calls, asked } = node({ connectPeer, openChannel: point });
    const made = await openChannel(calls, { ...open, peerAddress: "x:9735" });
    expect(made).toEqual({ txid: "0201", index: 1 });
    expect(names(asked)).toEqual(["connectPeer", "openChannel"]);
  });
  it("opens nothing with a peer that cannot be reached", async () => {
    const { calls, asked } = node({ connectPeer: fault("no route to host") });
    const opening = openChannel(calls, { ...open, peerAddress: "x:9735" });
    await expect(opening).rejects.toMatchObject({ code: "lnd-refused" });
    expect(names(asked)).toEqual(["connectPeer"]);
  });
});

it("forwards since the beginning are not those of the last day", async () => {
  const { calls, asked } = node({ forwardingHistory: { forwarding_events: [] } });
  await readForwards(calls, { sinceS: 0, offset: 0, limit: 10 });
  expect(asked[0]?.body).toMatchObject({ start_time: "1", end_time: "0" });
});
