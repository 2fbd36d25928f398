import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { createPortGate } from "./gate.ts";
import { ask } from "./https-json.ts";
import { limits } from "./limits.ts";
import { type Guard, type Program, startProgram } from "./program.ts";
import { Ended, until } from "./wait.ts";

/**
 * Where blocks pay to once the network is prepared: the address of private key 1 (its program is
 * the example of BIP173), so that mining changes the wallet of no node.
 */
export const nobodysAddress = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

/**
 * A btcd that keeps its chain. On regtest btcd removes its blocks at each start (loadBlockDB in its
 * btcd.go), so they are kept in a file beside it and submitted again, and lnd is let in only when
 * the chain is whole: it would take the empty one for a reorganisation of everything.
 */
export interface Btcd {
  /** Where lnd connects. */
  readonly rpcPort: number;
  readonly certFile: string;
  readonly user: string;
  readonly password: string;
  /** The address that blocks pay to is fixed at the start: btcd takes it as a flag only. */
  start(miningAddress?: string): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Mines and answers the new height. */
  mine(blocks: number): Promise<number>;
  height(): Promise<number>;
  rpc<T>(method: string, params?: readonly unknown[]): Promise<T>;
}

export function createBtcd(options: {
  readonly binary: string;
  readonly folder: string;
  readonly rpcPort: number;
  /** Where btcd itself listens, behind the gate. */
  readonly innerPort: number;
  readonly password: string;
  readonly guard: Guard;
}): Btcd {
  const { folder, rpcPort, innerPort, password } = options;
  const user = "regtest";
  const certFile = join(folder, "rpc.cert");
  const blocksFile = join(folder, "blocks.hex");
  const gate = createPortGate(rpcPort, innerPort);
  let agent = new Agent({ keepAlive: true });
  let program: Program | null = null;

  const rpc = async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
    program?.check();
    const answer = await ask({
      port: innerPort,
      method: "POST",
      path: "/",
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: { jsonrpc: "1.0", id: 1, method, params },
      ca: readFileSync(certFile),
      agent,
    });
    if (answer.status === 401) throw new Ended("regtest: another btcd has this port");
    const { result, error } = JSON.parse(answer.text) as {
      result: T;
      error: { message: string } | null;
    };
    if (error !== null) throw new Error(`btcd ${method}: ${error.message}`);
    return result;
  };
  const height = () => rpc<number>("getblockcount");
  const end = async (sign: "SIGTERM" | "SIGKILL") => {
    await gate.shut();
    await program?.signal(sign);
    program = null;
    agent.destroy();
    agent = new Agent({ keepAlive: true });
  };
  const replay = async () => {
    if (!existsSync(blocksFile)) return;
    for (const block of readFileSync(blocksFile, "utf8").trim().split("\n")) {
      const refused = await rpc<string | null>("submitblock", [block]);
      if (refused !== null) throw new Error(`btcd does not take its own block: ${refused}`);
    }
  };

  return {
    rpcPort,
    certFile,
    user,
    password,
    rpc,
    height,
    async start(miningAddress = nobodysAddress) {
      if (program?.running()) return;
      writeFileSync(join(folder, "btcd.conf"), config({ folder, innerPort, user, password }), {
        mode: 0o600,
      });
      program = startProgram({
        name: "btcd",
        binary: options.binary,
        args: [`--configfile=${join(folder, "btcd.conf")}`, `--miningaddr=${miningAddress}`],
        folder,
        guard: options.guard,
      });
      await until("btcd answers", limits.startMs, async () => (await height()) >= 0);
      await replay();
      await gate.open();
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async mine(blocks) {
      for (let left = blocks; left > 0; left -= limits.blocksPerCall) {
        const count = Math.min(left, limits.blocksPerCall);
        for (const hash of await rpc<string[]>("generate", [count])) {
          appendFileSync(blocksFile, `${await rpc<string>("getblock", [hash, 0])}\n`);
        }
      }
      return height();
    },
  };
}

function config(values: {
  readonly folder: string;
  readonly innerPort: number;
  readonly user: string;
  readonly password: string;
}): string {
  const { folder, innerPort, user, password } = values;
  return `[Application Options]
regtest=1
datadir=${join(folder, "data")}
logdir=${join(folder, "logs")}
rpccert=${join(folder, "rpc.cert")}
rpckey=${join(folder, "rpc.key")}
rpcuser=${user}
rpcpass=${password}
rpclisten=127.0.0.1:${innerPort}
nolisten=1
nodnsseed=1
nostalldetect=1
txindex=1
; Four nodes hold several websockets each; the default of 25 runs out.
rpcmaxwebsockets=50
rpcmaxclients=50
debuglevel=warn
`;
}
