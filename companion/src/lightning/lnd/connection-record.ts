import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { z } from "zod";
import { readSmallFile, writePrivateFile } from "./private-file.ts";
import type { Rights } from "./rights.ts";

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

const fileSchema = z.object({
  format: z.literal(1),
  address: z.string().max(300),
  cert_pem: z.string().max(8000),
  fingerprint: z.string().max(100),
  pubkey: z.string().regex(/^0[23][0-9a-f]{64}$/),
  network: z.enum(["mainnet", "testnet", "signet", "regtest"]),
  lnd_version: z.string().max(100),
  alias: z.string().max(100),
  rights: z.array(
    z.object({ name: z.enum(["earn", "spend", "sweep"]), methods: z.array(z.string()) }),
  ),
  connected_ms: z.number(),
});

const recordPath = (folder: string) => join(folder, "lnd.json");

/** The record in a data folder, or null when no node is connected. Throws `bad-file`. */
export function readConnection(folder: string): ConnectionRecord | null {
  const bytes = readSmallFile(recordPath(folder));
  if (bytes === null) return null;
  try {
    const file = fileSchema.parse(JSON.parse(bytes.toString("utf8")));
    const { address, fingerprint, pubkey, network, alias, rights } = file;
    return {
      ...{ address, fingerprint, pubkey, network, alias, rights },
      certPem: file.cert_pem,
      version: file.lnd_version,
      connectedMs: file.connected_ms,
    };
  } catch (cause) {
    throw new TimmyError("bad-file", `${recordPath(folder)} is not a connection.`, { cause });
  }
}

export function writeConnection(folder: string, record: ConnectionRecord): void {
  const { address, fingerprint, pubkey, network, alias, rights } = record;
  const file = {
    format: 1,
    ...{ address, fingerprint, pubkey, network, alias, rights },
    cert_pem: record.certPem,
    lnd_version: record.version,
    connected_ms: record.connectedMs,
  };
  writePrivateFile(recordPath(folder), Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
}
