import { readFileSync } from "node:fs";
import { connectNode, probeNode } from "@timmy/companion/lightning/lnd/connect";
import {
  type ConnectionRecord,
  readConnection,
} from "@timmy/companion/lightning/lnd/connection-record";
import { findSecret, openVault, vaultFactsOf } from "@timmy/companion/lightning/lnd/macaroon-vault";
import type { VaultKey } from "@timmy/companion/lightning/lnd/vault";
import { TimmyError } from "@timmy/shared/errors";
import { createSystemTime } from "@timmy/shared/ports/time";
import { type LndOptions, lndHelp, readLndOptions } from "./lnd-options.ts";
import { askNewSecret, askSecret } from "./lnd-prompt.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);

function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TimmyError("bad-file", `${path} cannot be read: ${why}.`, { cause });
  }
}

function describe(record: ConnectionRecord): void {
  print(`Connected: ${record.alias} (${record.network}, lnd ${record.version.split(" ")[0]})`);
  print(`  key          ${record.pubkey}`);
  print(`  address      ${record.address}`);
  print(`  certificate  SHA-256 ${record.fingerprint}`);
  for (const { name, methods } of record.rights) {
    print(`  ${name.padEnd(12)} ${methods.map((path) => path.split("/").at(-1)).join(", ")}`);
  }
}

/** Bakes with the admin macaroon of a file; its bytes are cleared and not kept. */
async function bakeWith(
  macaroonFile: string,
  key: VaultKey,
  request: Omit<Parameters<typeof connectNode>[1], "adminMacaroonHex" | "key">,
): Promise<ConnectionRecord> {
  const admin = readInput(macaroonFile);
  try {
    const adminMacaroonHex = admin.toString("hex");
    return await connectNode(createSystemTime(), { ...request, adminMacaroonHex, key });
  } finally {
    admin.fill(0);
    key.secret.fill(0);
  }
}

async function connect(options: LndOptions & { command: "connect" }): Promise<number> {
  const { address, folder, keyFile } = options;
  const certPem = readInput(options.certFile).toString("utf8");
  const probe = await probeNode(createSystemTime(), { address, certPem });
  print(`The certificate has SHA-256 ${probe.fingerprint}`);
  print(`and is for ${probe.names.join(", ")}.`);
  if (probe.code !== null) throw new TimmyError(probe.code, `It is at ${address}.`);
  const key: VaultKey =
    keyFile === null
      ? { kind: "passphrase", secret: await askNewSecret() }
      : { kind: "file", secret: readInput(keyFile) };
  const record = await bakeWith(options.macaroonFile, key, {
    ...{ address, certPem, folder },
    ...(options.weak ? { scryptCost: 16 } : {}),
  });
  describe(record);
  print("The admin macaroon was used to bake these three and is not kept.");
  return 0;
}

async function bake(options: LndOptions & { command: "bake" }): Promise<number> {
  const { folder, keyFile } = options;
  const record = readConnection(folder);
  if (record === null) throw new TimmyError("not-connected");
  const { kind, cost } = vaultFactsOf(folder);
  const found = findSecret(
    {
      ...(keyFile === null ? {} : { keyFile }),
      credentialsFolder: process.env["CREDENTIALS_DIRECTORY"],
    },
    kind,
  );
  const secret = found ?? (await askSecret("The passphrase of the vault: "));
  // Whoever bakes anew must be able to open what is there.
  await openVault(folder, record.pubkey, secret);
  const { address, certPem, pubkey } = record;
  const key = { kind, secret };
  describe(
    await bakeWith(options.macaroonFile, key, {
      ...{ address, certPem, folder },
      expectedPubkey: pubkey,
      scryptCost: cost,
    }),
  );
  print("Baked anew. Restart Timmy to use them; the admin macaroon is not kept.");
  return 0;
}

async function status(options: LndOptions & { command: "status" }): Promise<number> {
  const record = readConnection(options.folder);
  if (record === null) throw new TimmyError("not-connected");
  const { address, certPem } = record;
  const { reachable, sentence } = await probeNode(createSystemTime(), { address, certPem });
  if (options.json) {
    const { pubkey, network, alias, version, fingerprint, rights } = record;
    const view = { address, pubkey, network, alias, version, fingerprint, rights };
    print(JSON.stringify({ ...view, reachable, sentence }));
  } else {
    describe(record);
    print(sentence);
  }
  return reachable ? 0 : 1;
}

/** `timmy lnd`: answers the exit code. */
export async function lnd(argv: readonly string[]): Promise<number> {
  const options = readLndOptions(argv);
  switch (options.command) {
    case "help":
      process.stdout.write(lndHelp);
      return 0;
    case "connect":
      return connect(options);
    case "bake":
      return bake(options);
    case "status":
      return status(options);
  }
}
