import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { readSmallFile, writePrivateFile } from "./private-file.ts";
import { type Rights, rightNames } from "./rights.ts";

/** What is known of the connected node. It holds no secret. */
export interface ConnectionRecord {
  readonly address: string;
  readonly certPem: string;
  /** SHA-256 of the certificate, hex with colons. */
  readonly fingerprint: string;
  readonly pubkey: string;
  readonly network: "mainnet" | "testnet" | "signet" | "regtest";
  readonly version: string;
  readonly alias: string;
  readonly rights: readonly Rights[];
  readonly connectedMs: number;
}

const networks: readonly string[] = ["mainnet", "testnet", "signet", "regtest"];
const texts = ["address", "certPem", "fingerprint", "pubkey", "network", "version", "alias"];

function isRights(value: unknown): value is Rights {
  const { name, methods } = (value ?? {}) as Partial<Rights>;
  return (
    rightNames.some((known) => known === name) &&
    Array.isArray(methods) &&
    methods.every((method) => typeof method === "string")
  );
}

function isRecord(value: unknown): value is ConnectionRecord {
  const record = (value ?? {}) as Partial<Record<keyof ConnectionRecord | "format", unknown>>;
  return (
    record.format === 1 &&
    texts.every((name) => typeof record[name as keyof ConnectionRecord] === "string") &&
    /^0[23][0-9a-f]{64}$/.test(String(record.pubkey)) &&
    networks.includes(String(record.network)) &&
    Array.isArray(record.rights) &&
    record.rights.every(isRights) &&
    Number.isFinite(record.connectedMs)
  );
}

const recordPath = (folder: string) => join(folder, "lnd.json");

/** The record in a data folder, or null when no node is connected. Throws `bad-file`. */
export function readConnection(folder: string): ConnectionRecord | null {
  const bytes = readSmallFile(recordPath(folder));
  if (bytes === null) return null;
  const path = recordPath(folder);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new TimmyError("bad-file", `${path} is not JSON.`, { cause });
  }
  if (!isRecord(value)) throw new TimmyError("bad-file", `${path} is not a connection.`);
  return value;
}

export function writeConnection(folder: string, record: ConnectionRecord): void {
  const text = JSON.stringify({ format: 1, ...record }, null, 2);
  writePrivateFile(recordPath(folder), Buffer.from(`${text}\n`));
}
