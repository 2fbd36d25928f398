import { describe, expect, it } from "vitest";
import { agentIdOf, sealSeed, signWith, unsealSeed, verifySignature } from "./identity-key.ts";

const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

describe("an agent's key", () => {
  it("signs as RFC 8032, section 7.1, tests 2 and 3 show", () => {
    const vectors = [
      [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
      ],
      [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
      ],
    ] as const;
    for (const [seed, id, message, signature] of vectors) {
      expect(agentIdOf(fromHex(seed))).toBe(id);
      expect(Buffer.from(signWith(fromHex(seed), fromHex(message))).toString("hex")).toBe(
        signature,
      );
      expect(verifySignature(id, fromHex(message), fromHex(signature))).toBe(true);
    }
  });
  it("verifies nothing of a wrong form, and never throws", () => {
    const bytes = new Uint8Array(64);
    expect(verifySignature("", bytes, bytes)).toBe(false);
    expect(verifySignature("f".repeat(64), bytes, bytes)).toBe(false);
    expect(verifySignature("F".repeat(64), bytes, bytes)).toBe(false);
    expect(verifySignature(agentIdOf(new Uint8Array(32)), bytes, new Uint8Array(63))).toBe(false);
  });
});

describe("a sealed key", () => {
  const seed = new Uint8Array(32).fill(1);
  const id = agentIdOf(seed);
  const storeKey = new Uint8Array(32).fill(2);
  const sealed = sealSeed(seed, id, storeKey, new Uint8Array(12).fill(3));

  it("opens with the store's key for its agent, and shows nothing of the seed", () => {
    expect(unsealSeed(sealed, id, storeKey)).toEqual(seed);
    expect(sealed.includes(Buffer.from(seed))).toBe(false);
  });
  it("opens with no flipped bit, no other length, no other key and for no other agent", () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(unsealSeed(flipped, id, storeKey), `bit ${bit}`).toBeNull();
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(unsealSeed(sealed.subarray(0, length), id, storeKey)).toBeNull();
    }
    expect(unsealSeed(sealed, id, new Uint8Array(32))).toBeNull();
    expect(unsealSeed(sealed, agentIdOf(storeKey), storeKey)).toBeNull();
  });
});
