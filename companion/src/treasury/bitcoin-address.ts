import { createHash } from "node:crypto";
import { bech32, bech32m, createBase58check } from "@scure/base";
import type { Network } from "../lightning/backend.ts";

export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());
export const base58check = createBase58check(sha256);

/** Human-readable parts (BIP 173) and base58 versions of P2PKH and P2SH (Bitcoin Core). */
export const hrps: Readonly<Record<Network, string>> = {
  mainnet: "bc",
  testnet: "tb",
  signet: "tb",
  regtest: "bcrt",
};
const versions: Readonly<Record<Network, { readonly pkh: number; readonly sh: number }>> = {
  mainnet: { pkh: 0x00, sh: 0x05 },
  testnet: { pkh: 0x6f, sh: 0xc4 },
  signet: { pkh: 0x6f, sh: 0xc4 },
  regtest: { pkh: 0x6f, sh: 0xc4 },
};
const maxAddressLength = 90;
const p2wpkhBytes = 20;
const programBytes = 32;

/** An address in the one form in which it is compared, and its output script in hex. */
export interface ParsedAddress {
  readonly address: string;
  readonly scriptHex: string;
}
export type AddressResult =
  | { readonly ok: true; readonly value: ParsedAddress }
  | { readonly ok: false; readonly code: "bad-address" | "wrong-network" };

const hex = (...bytes: readonly number[]) => Buffer.from(bytes).toString("hex");

/** BIP 173 and BIP 350: version 0 with bech32, version 1 with bech32m; later ones have no rules. */
function parseSegwit(text: string): { hrp: string; value: ParsedAddress } | null {
  for (const [code, isVersion] of [
    [bech32, (version: number) => version === 0],
    [bech32m, (version: number) => version === 1],
  ] as const) {
    const read = code.decodeUnsafe(text, maxAddressLength);
    if (!read) continue;
    const [version, ...words] = read.words;
    if (version === undefined || !isVersion(version)) return null;
    const program = code.fromWordsUnsafe(words);
    if (!program) return null;
    const fits =
      program.length === programBytes || (version === 0 && program.length === p2wpkhBytes);
    if (!fits) return null;
    const opcode = version === 0 ? 0 : 0x50 + version;
    const scriptHex = hex(opcode, program.length, ...program);
    return { hrp: read.prefix, value: { address: text.toLowerCase(), scriptHex } };
  }
  return null;
}

function parseBase58(text: string): { version: number; hash: Uint8Array } | null {
  try {
    const bytes = base58check.decode(text);
    const [version] = bytes;
    return bytes.length === 21 && version !== undefined ? { version, hash: bytes.slice(1) } : null;
  } catch {
    return null;
  }
}

/** Reads an address of this network as a stranger gives it. */
export function parseAddress(text: unknown, network: Network): AddressResult {
  const bad = { ok: false, code: "bad-address" } as const;
  if (typeof text !== "string" || !/^[0-9A-Za-z]{14,90}$/.test(text)) return bad;
  const segwit = parseSegwit(text);
  if (segwit !== null) {
    if (segwit.hrp === hrps[network]) return { ok: true, value: segwit.value };
    const known = Object.values(hrps).includes(segwit.hrp);
    return known ? { ok: false, code: "wrong-network" } : bad;
  }
  const old = parseBase58(text);
  if (old === null) return bad;
  const { pkh, sh } = versions[network];
  if (old.version === pkh) {
    const scriptHex = hex(0x76, 0xa9, 20, ...old.hash, 0x88, 0xac);
    return { ok: true, value: { address: text, scriptHex } };
  }
  if (old.version === sh) {
    return { ok: true, value: { address: text, scriptHex: hex(0xa9, 20, ...old.hash, 0x87) } };
  }
  const known = Object.values(versions).some((v) => v.pkh === old.version || v.sh === old.version);
  return known ? { ok: false, code: "wrong-network" } : bad;
}
