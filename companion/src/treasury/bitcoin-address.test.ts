import { describe, expect, it } from "vitest";
import type { Network } from "../lightning/backend.ts";
import { parseAddress } from "./bitcoin-address.ts";

/** BIP 350, "Test vectors": addresses of versions that have rules today, and their scripts. */
const valid: readonly [address: string, network: Network, script: string][] = [
  [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "mainnet",
    "0014751e76e8199196d454941c45d1b3a323f1433bd6",
  ],
  [
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    "testnet",
    "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
  ],
  [
    "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
    "signet",
    "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
  ],
  [
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "mainnet",
    "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
  ],
  // The first address of the chain: the reward of the genesis block.
  [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "mainnet",
    "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac",
  ],
];
/** The same text's invalid addresses, and valid ones of versions without rules. */
const invalid = [
  "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
  "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
  "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
  "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
  "bc1pw5dgrnzv",
  "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
  "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
  "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
  "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
  "bc1gmk9yu",
  "BC1SW50QGDZ25J",
  "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
  "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
  "bс1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
  "",
];

describe("addresses", () => {
  it.each(valid)("%s on %s is %s", (text, network, scriptHex) => {
    const read = parseAddress(text, network);
    expect(read.ok && read.value.scriptHex).toBe(scriptHex);
  });
  it.each(invalid)("%s is none", (text) => {
    expect(parseAddress(text, "mainnet")).toEqual({ ok: false, code: "bad-address" });
  });
  it("of another network are named so", () => {
    const wrong = { ok: false, code: "wrong-network" };
    expect(valid.slice(0, 4).map(([text]) => parseAddress(text, "regtest"))).toEqual(
      [1, 2, 3, 4].map(() => wrong),
    );
    expect(parseAddress("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "regtest")).toEqual(wrong);
  });
  it("are compared in lower case where case says nothing", () => {
    const read = parseAddress("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "mainnet");
    expect(read.ok && read.value.address).toBe("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
  });
});
