import { describe, expect, it } from "vitest";
import { readTransaction } from "./transaction.ts";

/** The example of BIP143, "Native P2WPKH": signed, with one plain and one witness input. */
const signed =
  "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000";
const plain =
  "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000";
/** A sweep that a real lnd built and its wallet knew by this name. */
const sweep =
  "02000000000101e0bf3689608f2056982dec2509c1af16dc6e608d56ab0cf318a5bc556b274cf30400000000ffffffff02204e00000000000016001428f01a4b0c849dce1b0ac4a33c3a79ffe0ac258846351e000000000016001414e305ea74f91989292592ea385152f0c756beda02473044022036658672cbf7f129b08565a22b9c54f6919ba171e0917f20428db186922de06302206177f4bf607557bb611e9b96a4faba67c7369a771a832ee2401e4e3289439ca6012102fb9ed4f71f93f5c297c796bfa747827b05eb6d8f23a7dc5c184a7b7207fb7fa000000000";
const read = (hex: string) => readTransaction(Buffer.from(hex, "hex"));

describe("a raw transaction", () => {
  it("has the name that a real node gives it", () => {
    const { txid, inputs, outputs } = read(sweep);
    expect(txid).toBe("6813c2150fc3b620e255172d9a3b69be526f0136f552d63d574cf3e63338a79a");
    const spent = "f34c276b55bca518f30cab568d606edc16afc10925ec2d9856208f608936bfe0:4";
    expect(inputs).toEqual([{ outpoint: spent }]);
    expect(outputs.map(({ amountSat }) => amountSat)).toEqual([20_000n, 1_979_718n]);
  });
  it("is read with and without witness", () => {
    expect(read(signed).outputs).toEqual(read(plain).outputs);
    expect(read(signed).inputs).toEqual(read(plain).inputs);
  });
  it("is refused wherever it is cut, and when bytes follow", () => {
    for (let length = 0; length < sweep.length; length += 2) {
      expect(() => read(sweep.slice(0, length)), `${length / 2} bytes`).toThrow(/cannot be read/);
    }
    expect(() => read(`${sweep}00`)).toThrow(/cannot be read/);
  });
});
