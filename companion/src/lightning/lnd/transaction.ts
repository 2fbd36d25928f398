import { createHash } from "node:crypto";
import { TimmyError } from "@timmy/shared/errors";

export interface ReadTransaction {
  readonly txid: string;
  readonly inputs: readonly { readonly outpoint: string }[];
  readonly outputs: readonly { readonly amountSat: bigint; readonly scriptHex: string }[];
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const unreadable = () => new TimmyError("lnd-refused", "The transaction cannot be read.");

function createReader(bytes: Buffer) {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw unreadable();
    at += length;
    return bytes.subarray(at - length, at);
  };
  /** CompactSize; what needs eight bytes cannot be in a transaction. */
  const count = (): number => {
    const first = take(1).readUInt8();
    if (first < 0xfd) return first;
    if (first === 0xfd) return take(2).readUInt16LE();
    if (first === 0xfe) return take(4).readUInt32LE();
    throw unreadable();
  };
  return { take, count, position: () => at, rest: () => bytes.length - at };
}

/**
 * Reads a raw transaction with or without witness (BIP144) and names it: the double SHA-256 of its
 * form without witness, in reversed byte order. Throws `lnd-refused`.
 */
export function readTransaction(bytes: Buffer): ReadTransaction {
  const reader = createReader(bytes);
  const version = reader.take(4);
  // Nobody spends nothing: a count of zero inputs is BIP144's marker.
  const hasWitness = bytes[reader.position()] === 0;
  if (hasWitness && reader.take(2).readUInt8(1) !== 1) throw unreadable();
  const bodyStart = reader.position();
  const inputs: { outpoint: string }[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const hash = Buffer.from(reader.take(32)).reverse().toString("hex");
    inputs.push({ outpoint: `${hash}:${reader.take(4).readUInt32LE()}` });
    reader.take(reader.count() + 4);
  }
  const outputs: { amountSat: bigint; scriptHex: string }[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const amountSat = reader.take(8).readBigUInt64LE();
    outputs.push({ amountSat, scriptHex: reader.take(reader.count()).toString("hex") });
  }
  const body = bytes.subarray(bodyStart, reader.position());
  if (hasWitness) {
    for (const _ of inputs) {
      for (let left = reader.count(); left > 0; left--) reader.take(reader.count());
    }
  }
  const lockTime = reader.take(4);
  if (reader.rest() !== 0) throw unreadable();
  const plain = Buffer.concat([version, body, lockTime]);
  return {
    txid: Buffer.from(sha256(sha256(plain)))
      .reverse()
      .toString("hex"),
    inputs,
    outputs,
  };
}
