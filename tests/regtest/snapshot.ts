import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { limits } from "./limits.ts";
import { connectPeers, waitChain, waitChannels } from "./links.ts";
import { createParts, type Parts } from "./parts.ts";
import { startGuard } from "./program.ts";
import type { Tools } from "./tools.ts";
import { channelPlans, deposits, type NodeName, satPerVbyte } from "./topology.ts";
import { until } from "./wait.ts";

type Say = (line: string) => void;

/**
 * Copies a network that is ready and stopped into `target`: chain, wallets, channels. It is prepared
 * once a week beside the programs, because mining and opening take most of a start.
 */
export async function copySnapshot(tools: Tools, target: string, say: Say): Promise<void> {
  const folder = join(tools.folder, `prepared-${hashOfPlan()}`);
  if (!isFresh(folder)) {
    const fresh = mkdtempSync(`${folder}.`);
    try {
      await prepare(tools, fresh, say);
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
    } catch (error) {
      // Two preparers at once: the one that came second uses what the first left.
      if (!isFresh(folder)) throw error;
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const copy = `${target}.copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  // The target appears whole: half a copy would look like a network to the next start.
  rmSync(target, { recursive: true, force: true });
  renameSync(copy, target);
}

function isFresh(folder: string): boolean {
  return existsSync(folder) && Date.now() - statSync(folder).mtimeMs < limits.snapshotAgeMs;
}

/** What a prepared network is made of and by: a change of either prepares a new one. */
function hashOfPlan(): string {
  const hash = createHash("sha256");
  for (const name of ["topology.ts", "snapshot.ts", "lnd-config.ts", "btcd.ts"]) {
    hash.update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

async function prepare(tools: Tools, folder: string, say: Say): Promise<void> {
  const guard = startGuard();
  guard.folder(folder);
  const parts = await createParts({ tools, folder, guard });
  try {
    say("making four wallets");
    await parts.btcd.start();
    await Promise.all(
      parts.all.map(async (node) => {
        await node.start({ locked: true });
        await node.initWallet();
      }),
    );
    say(`mining ${limits.firstBlocks} blocks to the bank`);
    const bank = await address(parts, "bank");
    // btcd has to restart for another address, and lnd takes its time to find it again.
    await stopAll(parts);
    await parts.btcd.start(bank);
    await parts.btcd.mine(limits.firstBlocks);
    await parts.btcd.stop();
    await parts.btcd.start();
    await Promise.all(parts.all.map((node) => node.start()));
    await Promise.all(parts.all.map((node) => node.waitActive()));
    await waitChain(parts.all, parts.btcd);
    say("giving coins and opening channels");
    await deposit(parts);
    await openChannels(parts);
    await waitChannels(parts, parts.all);
    guard.keep(folder);
  } finally {
    await stopAll(parts);
    await guard.end();
  }
}

async function stopAll(parts: Parts): Promise<void> {
  await Promise.all(parts.all.map((node) => node.stop()));
  await parts.btcd.stop();
}

async function address(parts: Parts, name: NodeName): Promise<string> {
  return (await parts.nodes[name].rest<{ address: string }>("GET", "/v1/newaddress")).address;
}

async function deposit(parts: Parts): Promise<void> {
  const amounts: Record<string, string> = {};
  for (const { to, sat } of deposits) amounts[await address(parts, to)] = String(sat);
  await until("the bank's coins are ripe", limits.syncMs, async () => {
    const path = "/v1/balance/blockchain";
    const { confirmed_balance } = await parts.nodes.bank.rest<{ confirmed_balance: string }>(
      "GET",
      path,
    );
    return BigInt(confirmed_balance) > 0n;
  });
  await parts.nodes.bank.rest("POST", "/v1/transactions/many", {
    AddrToAmount: amounts,
    sat_per_vbyte: String(satPerVbyte),
  });
  await parts.btcd.mine(1);
  await waitChain(parts.all, parts.btcd);
}

async function openChannels(parts: Parts): Promise<void> {
  await connectPeers(parts, parts.all);
  for (const { from, to, sat, pushedSat } of channelPlans) {
    await parts.nodes[from].rest("POST", "/v1/channels", {
      node_pubkey: Buffer.from(parts.nodes[to].pubkey(), "hex").toString("base64"),
      local_funding_amount: String(sat),
      push_sat: String(pushedSat),
      sat_per_vbyte: String(satPerVbyte),
    });
  }
  await parts.btcd.mine(limits.announceBlocks);
  await waitChain(parts.all, parts.btcd);
}
