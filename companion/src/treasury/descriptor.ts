import { createHash, createHmac } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bech32 } from "@scure/base";
import type { Network } from "../lightning/backend.ts";
import { base58check, hrps, sha256 } from "./bitcoin-address.ts";

/** An extended public key (BIP 32, "Serialization format"). */
export interface ExtendedKey {
  readonly publicKey: Uint8Array;
  readonly chainCode: Uint8Array;
}
/** Where receive addresses come from; it can make none that we could spend from. */
export interface WatchOnly {
  readonly key: ExtendedKey;
  /** Steps below the key, the last one is the address's own. */
  readonly branch: readonly number[];
}
export type WatchOnlyResult =
  | { readonly ok: true; readonly value: WatchOnly }
  | {
      readonly ok: false;
      readonly code: "bad-address" | "wrong-network";
      readonly details: string;
    };

/** Version bytes: xpub and tpub (BIP 32), zpub and vpub (SLIP 132, for BIP 84). */
const versions: Readonly<Record<number, { readonly main: boolean; readonly segwit: boolean }>> = {
  76067358: { main: true, segwit: false },
  70617039: { main: false, segwit: false },
  78792518: { main: true, segwit: true },
  73342198: { main: false, segwit: true },
};
const firstHardened = 0x80000000;
const inputCharset =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const checksumCharset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generator = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

/** The eight characters that follow `#` in a descriptor (BIP 380, "Checksum"), or null. */
export function descriptorChecksum(text: string): string | null {
  let sum = 1n;
  const feed = (value: number) => {
    const top = sum >> 35n;
    sum = ((sum & 0x7ffffffffn) << 5n) ^ BigInt(value);
    for (const [k, factor] of generator.entries()) if ((top >> BigInt(k)) & 1n) sum ^= factor;
  };
  let group = 0;
  let inGroup = 0;
  for (const char of text) {
    const place = inputCharset.indexOf(char);
    if (place < 0) return null;
    feed(place & 31);
    group = group * 3 + (place >> 5);
    inGroup++;
    if (inGroup === 3) {
      feed(group);
      group = 0;
      inGroup = 0;
    }
  }
  if (inGroup > 0) feed(group);
  for (let k = 0; k < 8; k++) feed(0);
  sum ^= 1n;
  return Array.from({ length: 8 }, (_, k) => {
    const place = Number((sum >> BigInt(5 * (7 - k))) & 31n);
    return checksumCharset.charAt(place);
  }).join("");
}

/** Public derivation (BIP 32, CKDpub). The chance of no key at an index is below 2^-127. */
export function deriveChild(parent: ExtendedKey, index: number): ExtendedKey | null {
  if (!Number.isInteger(index) || index < 0 || index >= firstHardened) return null;
  const data = Buffer.alloc(37);
  data.set(parent.publicKey);
  data.writeUInt32BE(index, 33);
  const mac = createHmac("sha512", parent.chainCode).update(data).digest();
  const tweak = BigInt(`0x${mac.subarray(0, 32).toString("hex")}`);
  if (tweak === 0n || tweak >= secp256k1.Point.CURVE().n) return null;
  const point = secp256k1.Point.BASE.multiply(tweak).add(
    secp256k1.Point.fromBytes(parent.publicKey),
  );
  if (point.is0()) return null;
  return { publicKey: point.toBytes(true), chainCode: new Uint8Array(mac.subarray(32)) };
}

/** Reads xpub, tpub, zpub, vpub; null for anything else, also for a private key. */
export function parseExtendedKey(
  text: string,
): { readonly key: ExtendedKey; readonly main: boolean; readonly segwit: boolean } | null {
  try {
    const bytes = Buffer.from(base58check.decode(text));
    const version = bytes.length === 78 ? versions[bytes.readUInt32BE(0)] : undefined;
    if (version === undefined) return null;
    const key = {
      chainCode: new Uint8Array(bytes.subarray(13, 45)),
      publicKey: new Uint8Array(bytes.subarray(45)),
    };
    secp256k1.Point.fromBytes(key.publicKey).assertValidity();
    return { key, ...version };
  } catch {
    return null;
  }
}

const origin = String.raw`(?:\[[0-9a-fA-F]{8}(?:/[0-9]+['h]?)*\])?`;
const wpkh = new RegExp(
  `^wpkh\\(${origin}([1-9A-HJ-NP-Za-km-z]{100,120})((?:/[0-9]{1,10})*)/\\*\\)$`,
);

function splitDescriptor(text: string): { key: string; branch: number[] } | string {
  if (!text.includes("(")) return { key: text, branch: [0] };
  const [body = "", checksum, ...rest] = text.split("#");
  if (checksum === undefined || rest.length > 0) return "The descriptor lacks its checksum.";
  if (descriptorChecksum(body) !== checksum) return "The descriptor's checksum is wrong.";
  // A pair of branches means receive and change (BIP 389); addresses to receive are the first.
  const match = wpkh.exec(body.replace(/<([0-9]+);[0-9]+>/, "$1"));
  if (match === null) return "Only wpkh(...) with one key and a final * is taken.";
  const [, key = "", path = ""] = match;
  const branch = path.split("/").slice(1).map(Number);
  return branch.every((step) => step < firstHardened)
    ? { key, branch }
    : "A public key has no hardened children.";
}

/** A descriptor `wpkh(.../*)#checksum`, or a bare zpub or vpub of an account (BIP 84). */
export function parseWatchOnly(text: string, network: Network): WatchOnlyResult {
  const bad = (details: string) => ({ ok: false, code: "bad-address", details }) as const;
  if (text.length > 500) return bad("The descriptor is too long.");
  const split = splitDescriptor(text.trim());
  if (typeof split === "string") return bad(split);
  const read = parseExtendedKey(split.key);
  if (read === null) return bad("It holds no extended public key.");
  if (read.main !== (network === "mainnet")) {
    return { ok: false, code: "wrong-network", details: "The key is of another network." };
  }
  const bare = !text.includes("(");
  if (bare && !read.segwit) return bad("A bare key must say its kind of address: zpub or vpub.");
  return { ok: true, value: { key: read.key, branch: split.branch } };
}

/** The receive address (P2WPKH, BIP 84 and BIP 173) at an index; null past the last one. */
export function addressAt(watch: WatchOnly, index: number, network: Network): string | null {
  let key: ExtendedKey | null = watch.key;
  for (const step of [...watch.branch, index]) {
    key = key === null ? null : deriveChild(key, step);
  }
  if (key === null) return null;
  const hash = createHash("ripemd160").update(sha256(key.publicKey)).digest();
  return bech32.encode(hrps[network], [0, ...bech32.toWords(new Uint8Array(hash))]);
}
