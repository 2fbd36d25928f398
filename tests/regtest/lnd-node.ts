import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import type { Btcd } from "./btcd.ts";
import { ask } from "./https-json.ts";
import { limits } from "./limits.ts";
import { lndConfig } from "./lnd-config.ts";
import { type Guard, type Program, startProgram } from "./program.ts";
import { until } from "./wait.ts";

type Method = "GET" | "POST" | "DELETE";

export interface NodePorts {
  readonly grpc: number;
  readonly rest: number;
  readonly peer: number;
}

/**
 * One real lnd, steered over its REST interface: a way that the client under test does not use, so
 * that what a test sees does not come from the code that it checks.
 */
export interface LndNode {
  readonly name: string;
  readonly grpcAddress: string;
  readonly peerAddress: string;
  readonly certFile: string;
  readonly adminMacaroonFile: string;
  readonly passwordFile: string;
  /** Known once it was active. */
  pubkey(): string;
  /** `locked`: it waits for the password of its wallet and is not active afterwards. */
  start(options?: { readonly locked?: boolean }): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL: it can tidy up nothing. */
  kill(): Promise<void>;
  running(): boolean;
  /** Until the server is active, which needs a block of the last two hours. */
  waitActive(): Promise<void>;
  /** WALLET_NOT_CREATED, LOCKED, UNLOCKED, RPC_ACTIVE, SERVER_ACTIVE. */
  state(): Promise<string>;
  /** Makes the wallet, once, instead of `lncli create`. */
  initWallet(): Promise<void>;
  unlock(): Promise<void>;
  /** A call of lnd's REST interface, with the admin macaroon or another; throws what lnd says. */
  rest<T>(method: Method, path: string, body?: unknown, macaroonHex?: string): Promise<T>;
}

export function createLndNode(options: {
  readonly name: string;
  readonly binary: string;
  readonly folder: string;
  readonly ports: NodePorts;
  readonly btcd: Btcd;
  readonly guard: Guard;
}): LndNode {
  const { name, folder, ports } = options;
  const agent = new Agent({ keepAlive: false });
  const certFile = join(folder, "tls.cert");
  const adminMacaroonFile = join(folder, "data/chain/bitcoin/regtest/admin.macaroon");
  const passwordFile = join(folder, "wallet-password");
  let program: Program | null = null;
  let pubkey = "";

  // Before there is a wallet there is no macaroon, and none is asked for.
  const admin = () =>
    existsSync(adminMacaroonFile) ? readFileSync(adminMacaroonFile).toString("hex") : "";
  const rest = async <T>(
    method: Method,
    path: string,
    body?: unknown,
    macaroon = admin(),
  ): Promise<T> => {
    program?.check();
    const answer = await ask({
      port: ports.rest,
      method,
      path,
      headers: macaroon === "" ? {} : { "grpc-metadata-macaroon": macaroon },
      ...(body === undefined ? {} : { body }),
      ca: readFileSync(certFile),
      agent,
    });
    return resultOf(`${name} ${path}`, answer.text) as T;
  };
  const state = async () => (await rest<{ state: string }>("GET", "/v1/state")).state;
  const reach = (wanted: readonly string[]) =>
    until(`${name} is ${wanted.join(" or ")}`, limits.startMs, async () =>
      wanted.includes(await state()),
    );
  const waitActive = async () => {
    await reach(["SERVER_ACTIVE"]);
    pubkey = (await rest<{ identity_pubkey: string }>("GET", "/v1/getinfo")).identity_pubkey;
  };
  const secret = () => readFileSync(passwordFile).toString("base64");
  const end = async (sign: "SIGTERM" | "SIGKILL") => {
    await program?.signal(sign);
    program = null;
  };

  return {
    name,
    grpcAddress: `127.0.0.1:${ports.grpc}`,
    peerAddress: `127.0.0.1:${ports.peer}`,
    certFile,
    adminMacaroonFile,
    passwordFile,
    pubkey: () => pubkey,
    rest,
    state,
    waitActive,
    running: () => program?.running() ?? false,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async start({ locked = false } = {}) {
      if (program?.running()) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const configFile = join(folder, "lnd.conf");
      const unlockFile = locked ? null : passwordFile;
      writeFileSync(configFile, lndConfig({ ...options, unlockFile }), { mode: 0o600 });
      const args = [`--lnddir=${folder}`, `--configfile=${configFile}`];
      program = startProgram({ ...options, args });
      if (locked) await reach(["NON_EXISTING", "LOCKED"]);
    },
    async initWallet() {
      const seed = await rest<{ cipher_seed_mnemonic: string[] }>("GET", "/v1/genseed");
      const { cipher_seed_mnemonic } = seed;
      await rest("POST", "/v1/initwallet", { cipher_seed_mnemonic, wallet_password: secret() });
      await reach(["RPC_ACTIVE", "SERVER_ACTIVE"]);
    },
    async unlock() {
      await rest("POST", "/v1/unlockwallet", { wallet_password: secret() });
    },
  };
}

/** Of a stream only the last line counts. Throws lnd's own words. */
function resultOf(what: string, text: string): unknown {
  const last = text.trim().split("\n").at(-1) ?? "";
  let answer: { code?: number; message?: string; result?: unknown; error?: { message: string } };
  try {
    answer = JSON.parse(last);
  } catch {
    throw new Error(`${what}: ${last.slice(0, 300)}`);
  }
  if (answer.error !== undefined) throw new Error(`${what}: ${answer.error.message}`);
  if (typeof answer.code === "number" && typeof answer.message === "string") {
    throw new Error(`${what}: ${answer.message}`);
  }
  return answer.result ?? answer;
}
