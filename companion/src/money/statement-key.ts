import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { dirname, join } from "node:path";
import { readSmallFile, writePrivateFile } from "../lightning/lnd/private-file.ts";

/** The Ed25519 key that signs statements: made at first use, 0600 beside the books. */
export function openStatementKey(files: { readonly key: string }): KeyObject {
  const path = join(dirname(files.key), "statement.key");
  const bytes = readSmallFile(path);
  if (bytes !== null) return createPrivateKey(bytes);
  const { privateKey } = generateKeyPairSync("ed25519");
  writePrivateFile(path, Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })));
  return privateKey;
}
