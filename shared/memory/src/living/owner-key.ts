import { TimmyError } from "@timmy/shared/errors";
import { makeKeyFile } from "../key-file.ts";

/**
 * The key that all bodies of one owner share, made at the first start (0600). Whoever can read it is
 * the owner: copying the file to another machine is how a body there becomes his. Throws `bad-file`.
 */
export function openOwnerKey(path: string, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const made = makeKeyFile(path, randomBytes);
  if (made.ok) return made.key;
  throw new TimmyError("bad-file", `"${path}" is no owner's key: it has 32 bytes.`);
}
