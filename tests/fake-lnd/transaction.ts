import { createHash } from "node:crypto";
import { bech32 } from "@scure/base";
import { parseAddress } from "@timmy/companion/treasury/bitcoin-address";
import { Refusal } from "./refusal.ts";

export interface TxInput {
  readonly txid: string;
  readonly vout: number;
}
export interface TxOutput {
  readonly amountSat: bigint;
  /** Hex. */
  readonly script: string;
}
export interface FakeTransaction {
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
}

const hrp = "bcrt";
/** In place of a signature, so that nobody takes the transaction for a valid one. */
const fakeWitness = Buffer.from("fake-lnd: not a signature");

const compact = (n: number) => (n < 0xfd ? Buffer.of(n) : Buffer.of(0xfd, n & 255, (n >> 8) & 255));
const sized = (bytes: Uint8Array) => Buffer.concat([compact(bytes.length), bytes]);
const le32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
};
const le64 = (n: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(n);
  return bytes;
};
const reversed = (hex: string) => Buffer.from(hex, "hex").reverse();
const hash256 = (bytes: Uint8Array) =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest();
const outputBytes = (one: TxOutput) =>
  Buffer.concat([le64(one.amountSat), sized(Buffer.from(one.script, "hex"))]);

/** The output script of an address of regtest; refuses what is none. */
export function scriptOf(address: string): string {
  const read = parseAddress(address, "regtest");
  if (!read.ok) throw new Refusal("UNKNOWN", "decoded address is of unknown format");
  return read.value.scriptHex;
}

/** A P2WPKH address of 20 bytes that a text decides; nobody has its key. */
export function createAddress(text: string): { readonly address: string; readonly script: string } {
  const program = createHash("sha256").update(text).digest().subarray(0, 20);
  const address = bech32.encode(hrp, [0, ...bech32.toWords(program)]);
  return { address, script: scriptOf(address) };
}

/** Bytes without witness: what a PSBT holds, and what the id is the hash of. */
export function serialize(tx: FakeTransaction): Buffer {
  return Buffer.concat([
    le32(2),
    compact(tx.inputs.length),
    ...tx.inputs.map((one) =>
      Buffer.concat([reversed(one.txid), le32(one.vout), compact(0), le32(0xfffffffd)]),
    ),
    compact(tx.outputs.length),
    ...tx.outputs.map(outputBytes),
    le32(0),
  ]);
}
export const txidOf = (tx: FakeTransaction): string =>
  hash256(serialize(tx)).reverse().toString("hex");

/** With marker, flag and a witness for each input (BIP 144). */
export function serializeSigned(tx: FakeTransaction): Buffer {
  const plain = serialize(tx);
  const witness = Buffer.concat([compact(1), sized(fakeWitness)]);
  return Buffer.concat([
    plain.subarray(0, 4),
    Buffer.of(0, 1),
    plain.subarray(4, -4),
    ...tx.inputs.map(() => witness),
    plain.subarray(-4),
  ]);
}

/** Reads what `serialize` and `serializeSigned` wrote. */
export function parse(bytes: Buffer): FakeTransaction {
  let at = bytes[4] === 0 ? 6 : 4;
  const count = (): number => {
    const first = bytes[at++] ?? 0;
    if (first < 0xfd) return first;
    at += 2;
    return bytes.readUInt16LE(at - 2);
  };
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const inputs = Array.from({ length: count() }, () => {
    const txid = Buffer.from(take(32)).reverse().toString("hex");
    const vout = take(4).readUInt32LE();
    take(count());
    take(4);
    return { txid, vout };
  });
  const outputs = Array.from({ length: count() }, () => {
    const amountSat = take(8).readBigUInt64LE();
    return { amountSat, script: take(count()).toString("hex") };
  });
  return { inputs, outputs };
}

/** BIP 174, version 0: the unsigned transaction and, for each input, what it spends. */
export function toPsbt(tx: FakeTransaction, spent: readonly TxOutput[], signed = false): Buffer {
  const pair = (type: number, value: Uint8Array) =>
    Buffer.concat([sized(Buffer.of(type)), sized(value)]);
  const end = Buffer.of(0);
  return Buffer.concat([
    Buffer.from("70736274ff", "hex"),
    pair(0, serialize(tx)),
    end,
    ...spent.map((one) =>
      Buffer.concat([
        pair(1, outputBytes(one)),
        ...(signed ? [pair(8, Buffer.concat([compact(1), sized(fakeWitness)]))] : []),
        end,
      ]),
    ),
    ...tx.outputs.map(() => end),
  ]);
}
/** The unsigned transaction of a PSBT that `toPsbt` wrote. */
export function fromPsbt(psbt: Buffer): FakeTransaction {
  const long = psbt[7] === 0xfd;
  const length = long ? psbt.readUInt16LE(8) : (psbt[7] ?? 0);
  const start = long ? 10 : 8;
  return parse(psbt.subarray(start, start + length));
}
