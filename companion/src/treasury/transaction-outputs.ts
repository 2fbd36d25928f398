/** An output of a transaction: where how much goes. */
export interface TransactionOutput {
  readonly amountSat: bigint;
  readonly scriptHex: string;
}

const hashBytes = 32;

/**
 * The outputs of a raw transaction (BIP 144, "Serialization"), or null when it is none. What was
 * signed is compared with what was approved before it is published.
 */
export function transactionOutputs(rawHex: string): readonly TransactionOutput[] | null {
  if (!/^([0-9a-f]{2})+$/.test(rawHex)) return null;
  const bytes = Buffer.from(rawHex, "hex");
  let at = 4;
  const skip = (count: number) => {
    at += count;
    if (at > bytes.length) throw new RangeError("The transaction ends too early.");
  };
  /** CompactSize (Bitcoin's protocol documentation); counts above 32 bits are refused. */
  function count(): number {
    const first = bytes.readUInt8(at);
    skip(1);
    if (first < 0xfd) return first;
    const length = first === 0xfd ? 2 : 4;
    if (first === 0xff) throw new RangeError("The transaction counts too far.");
    const value = length === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at);
    skip(length);
    return value;
  }
  try {
    // Marker and flag of a transaction with witnesses.
    if (bytes.readUInt16BE(at) === 1) skip(2);
    for (let inputs = count(); inputs > 0; inputs--) {
      skip(hashBytes + 4);
      skip(count());
      skip(4);
    }
    const outputs: TransactionOutput[] = [];
    for (let left = count(); left > 0; left--) {
      const amountSat = bytes.readBigUInt64LE(at);
      skip(8);
      const length = count();
      const from = at;
      skip(length);
      outputs.push({ amountSat, scriptHex: bytes.subarray(from, at).toString("hex") });
    }
    return outputs;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
