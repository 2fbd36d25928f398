import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { addInvoice, pay } from "../tests/regtest/invoices.ts";
import { limits } from "../tests/regtest/limits.ts";
import type { LndNode } from "../tests/regtest/lnd-node.ts";
import {
  readStanding,
  standingFolder,
  standingLog,
  standingNodes,
  standingParts,
} from "../tests/regtest/standing.ts";
import { buildTools } from "../tests/regtest/tools.ts";
import { nodeNames } from "../tests/regtest/topology.ts";
import { Ended, until } from "../tests/regtest/wait.ts";

const help = `npm run regtest: four real Lightning nodes on this machine, with coins of no value.

  npm run regtest -- up                      btcd, and lnd for office, home, robot and bank
  npm run regtest -- status                  balances and channels
  npm run regtest -- pay office robot 50 "for the door"
                                             50 sat; the memo may be left out
  npm run regtest -- pay home lnbcrt...      pays an invoice, for example one of Timmy's
  npm run regtest -- mine 6                  six blocks
  npm run regtest -- down                    stops them; wallets and channels are kept

  --fresh     up: begin anew, with new wallets
  --port N    up: the first of fourteen ports (default 28400)

The first time, lnd and btcd are built from source, which takes some minutes and needs Go.
Exit codes: 0 done, 1 not done, 2 the command line was not understood.
`;

class Usage extends Error {}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

async function up(firstPort: number, fresh: boolean): Promise<void> {
  if (readStanding() === null) {
    await buildTools((line) => console.log(`regtest: ${line}`));
    for (let port = firstPort; port < firstPort + 2 + 3 * nodeNames.length; port++) {
      if (!(await isFree(port))) throw new Error(`port ${port} is taken; try another --port.`);
    }
    if (fresh) rmSync(standingFolder, { recursive: true, force: true });
    await startInBackground(firstPort);
  }
  await sayHowToConnect();
}

async function startInBackground(firstPort: number): Promise<void> {
  mkdirSync(standingFolder, { recursive: true, mode: 0o700 });
  const log = openSync(standingLog, "w", 0o600);
  const main = join(import.meta.dirname, "../tests/regtest/network-main.ts");
  const child = spawn(process.execPath, [main, "--port", String(firstPort)], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let shown = 0;
  await until("the network stands", 3 * limits.startMs, () => {
    const lines = readFileSync(standingLog, "utf8").split("\n").slice(0, -1);
    for (const line of lines.slice(shown)) console.log(`regtest: ${line}`);
    shown = lines.length;
    if (child.exitCode !== null) throw new Ended("the network did not start; see above.");
    return readStanding() !== null;
  });
  child.unref();
}

async function parts() {
  const standing = readStanding();
  if (standing === null) throw new Error("no network stands; start it: npm run regtest -- up");
  return standingParts(await buildTools(() => {}), standing);
}

async function sayHowToConnect(): Promise<void> {
  const { nodes } = await parts();
  const { grpcAddress, certFile, adminMacaroonFile } = nodes.office;
  console.log(`regtest: office, home, robot and bank stand. To be office:

npm run timmy -- lnd connect --address ${grpcAddress} \\
  --cert ${fromHere(certFile)} \\
  --macaroon ${fromHere(adminMacaroonFile)}
`);
}

function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

async function down(): Promise<void> {
  const standing = readStanding();
  if (standing === null) {
    console.log("regtest: no network stands.");
    return;
  }
  process.kill(standing.pid, "SIGTERM");
  await until("the network is down", limits.stopMs, () => readStanding() === null);
  console.log(`regtest: down; wallets and channels are kept in ${standingNodes}`);
}

interface Wallet {
  readonly confirmed_balance: string;
  readonly unconfirmed_balance: string;
}
interface Channels {
  readonly channels: readonly {
    readonly peer_alias: string;
    readonly capacity: string;
    readonly local_balance: string;
    readonly remote_balance: string;
    readonly active: boolean;
    readonly initiator: boolean;
  }[];
}

async function status(): Promise<void> {
  const { all } = await parts();
  const rows: Record<string, unknown>[] = [];
  const links: Record<string, unknown>[] = [];
  for (const node of all) {
    const state = await node.state();
    if (state !== "SERVER_ACTIVE") {
      rows.push({ node: node.name, state });
      continue;
    }
    const info = await node.rest<{ block_height: number }>("GET", "/v1/getinfo");
    const wallet = await node.rest<Wallet>("GET", "/v1/balance/blockchain");
    const { channels } = await node.rest<Channels>("GET", "/v1/channels?peer_alias_lookup=true");
    rows.push({
      node: node.name,
      state,
      block: info.block_height,
      "on chain (sat)": wallet.confirmed_balance,
      "not yet confirmed": wallet.unconfirmed_balance,
      address: node.grpcAddress,
    });
    for (const channel of channels.filter(({ initiator }) => initiator)) {
      links.push({
        from: node.name,
        to: channel.peer_alias,
        "capacity (sat)": channel.capacity,
        "from's side": channel.local_balance,
        "to's side": channel.remote_balance,
        active: channel.active,
      });
    }
  }
  console.table(rows);
  console.table(links);
}

async function payFrom(words: readonly string[]): Promise<void> {
  const [from = "", to = "", sat = "", memo = ""] = words;
  const { all } = await parts();
  const find = (name: string): LndNode => {
    const node = all.find((one) => one.name === name);
    if (node === undefined) throw new Usage(`there is no node "${name}".`);
    return node;
  };
  const payer = find(from);
  let invoice = to;
  if (!/^lnbcrt/i.test(to)) {
    if (!/^[1-9][0-9]{0,9}$/.test(sat)) throw new Usage(`"${sat}" is no number of satoshi.`);
    invoice = await addInvoice(find(to), { value_msat: `${sat}000`, memo });
  }
  const paid = await pay(payer, invoice);
  if (paid.status !== "SUCCEEDED") throw new Error(`not paid: ${paid.failure_reason}`);
  console.log(`regtest: paid; fee ${paid.fee_msat} msat, preimage ${paid.payment_preimage}`);
}

async function mine(words: readonly string[]): Promise<void> {
  const [blocks = "1"] = words;
  if (!/^[1-9][0-9]{0,2}$/.test(blocks)) throw new Usage(`"${blocks}" is no number of blocks.`);
  const { btcd } = await parts();
  console.log(`regtest: block ${await btcd.mine(Number(blocks))}`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        fresh: { type: "boolean", default: false },
        port: { type: "string", default: "28400" },
      },
    });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : "");
  }
}

async function run(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, ...words] = positionals;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) {
    throw new Usage("--port wants a whole number from 1024 to 65000.");
  }
  if (values.help) console.log(help);
  else if (command === "up") await up(port, values.fresh);
  else if (command === "down") await down();
  else if (command === "status") await status();
  else if (command === "pay") await payFrom(words);
  else if (command === "mine") await mine(words);
  else throw new Usage(command === undefined ? "say what to do." : `there is no "${command}".`);
}

try {
  await run();
} catch (error) {
  console.error(`regtest: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Usage) console.error("See: npm run regtest -- --help");
  process.exitCode = error instanceof Usage ? 2 : 1;
}
