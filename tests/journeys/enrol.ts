import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { base32nopad } from "@scure/base";
import { stepAt, totpCode } from "@timmy/companion/treasury/totp";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** An enrolled owner's authenticator. */
export interface Authenticator {
  /** The code now, or of the next half minute; each counts once. */
  code(later?: number): string;
}

/** Enrols the owner as a person does on a terminal. */
export async function enrolOwner(folder: string): Promise<Authenticator> {
  const args = ["timmy.ts", "treasury", "enrol", "--data", folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  const code = (secret: Uint8Array, later: number) => totpCode(secret, stepAt(Date.now()) + later);
  let told = "";
  let secret: Uint8Array | null = null;
  const read = (part: Buffer) => {
    told += part.toString();
    const found = /secret=([A-Z2-7]+)&/.exec(told)?.[1];
    if (found === undefined || secret !== null) return;
    secret = base32nopad.decode(found);
    // The step before this one, so that this one and the next are left for later.
    child.stdin.write(`${code(secret, -1)}\n`);
  };
  child.stdout.on("data", read);
  let complaint = "";
  child.stderr.on("data", (part: Buffer) => {
    complaint += part.toString();
  });
  const [status] = (await once(child, "exit")) as [number | null];
  const found: Uint8Array | null = secret;
  if (status !== 0 || found === null) throw new Error(`enrol ended with ${status}: ${complaint}`);
  return { code: (later = 0) => code(found, later) };
}
