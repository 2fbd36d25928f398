import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { maxKeyBytes, maxMacaroonBytes } from "./limits.ts";
import type { Macaroons } from "./node-calls.ts";
import { readSmallFile, writePrivateFile } from "./private-file.ts";
import {
  readVaultFacts,
  type ScryptCost,
  sealVault,
  unsealVault,
  type VaultFacts,
  type VaultKey,
} from "./vault.ts";

const purpose = "lnd-macaroons";
const vaultPath = (folder: string) => join(folder, "lnd.vault");

const isMacaroon = (value: unknown) =>
  typeof value === "string" &&
  value.length <= 2 * maxMacaroonBytes &&
  /^([0-9a-f]{2})+$/.test(value);

/** The three macaroons and nothing else of what was sealed. Throws `bad-macaroon`. */
function readMacaroons(value: unknown): Macaroons {
  const { earn, spend, sweep } = (value ?? {}) as Macaroons;
  if (![earn, spend, sweep].every(isMacaroon)) throw new TimmyError("bad-macaroon");
  return { earn, spend, sweep };
}

/** Encrypts the three macaroons into the data folder. */
export async function writeVault(
  folder: string,
  pubkey: string,
  macaroons: Macaroons,
  key: VaultKey,
  cost?: ScryptCost,
): Promise<void> {
  const content = Buffer.from(JSON.stringify(readMacaroons(macaroons)));
  try {
    const sealed = await sealVault(content, key, { purpose, pubkey }, cost);
    writePrivateFile(vaultPath(folder), sealed);
  } finally {
    content.fill(0);
  }
}

function readVault(folder: string): Buffer {
  const vault = readSmallFile(vaultPath(folder));
  if (vault === null) throw new TimmyError("not-connected");
  return vault;
}

export const hasVault = (folder: string): boolean => readSmallFile(vaultPath(folder)) !== null;

/** What opens the vault of a data folder. Throws `not-connected`. */
export const vaultFactsOf = (folder: string): VaultFacts => readVaultFacts(readVault(folder));
export const keyKindOf = (folder: string): VaultKey["kind"] => vaultFactsOf(folder).kind;

/**
 * The macaroons of the node with this key. Throws `bad-passphrase`, and `not-connected` when there
 * is no vault.
 */
export async function openVault(
  folder: string,
  pubkey: string,
  secret: Uint8Array,
): Promise<Macaroons> {
  const content = await unsealVault(readVault(folder), secret, { purpose, pubkey });
  try {
    return readMacaroons(JSON.parse(content.toString("utf8")));
  } catch {
    // Never the cause: it could quote what is inside.
    throw new TimmyError("bad-passphrase");
  } finally {
    content.fill(0);
  }
}

/** Where a key may lie; environment variables and arguments hold paths, never the key. */
export interface KeyPlaces {
  /** The option --key-file. */
  readonly keyFile?: string | undefined;
  /** systemd's $CREDENTIALS_DIRECTORY, with the credential `timmy-vault`. */
  readonly credentialsFolder?: string | undefined;
}

/**
 * The secret from the first place that has one, or null. The file of a passphrase vault may end
 * with a line break, which is not part of it. Throws `bad-file`.
 */
export function findSecret(places: KeyPlaces, kind: VaultKey["kind"]): Buffer | null {
  const { keyFile, credentialsFolder } = places;
  const path =
    keyFile ?? (credentialsFolder === undefined ? null : join(credentialsFolder, "timmy-vault"));
  if (path === null) return null;
  const bytes = readSmallFile(path);
  if (bytes === null && keyFile === undefined) return null;
  if (bytes === null || bytes.length === 0 || bytes.length > maxKeyBytes) {
    throw new TimmyError("bad-file", `${path} holds no key.`);
  }
  if (kind === "file") return bytes;
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length;
  return bytes.subarray(0, end);
}
