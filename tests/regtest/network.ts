import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectPeers, waitChain, waitChannels } from "./links.ts";
import { createParts, type Parts } from "./parts.ts";
import { startGuard } from "./program.ts";
import { copySnapshot } from "./snapshot.ts";
import { buildTools, type Tools } from "./tools.ts";

/** A running network: btcd, and the nodes office, home, robot and bank. */
export interface Network extends Parts {
  readonly tools: Tools;
  /** Mines and waits until the running nodes have seen it. */
  mine(blocks: number): Promise<void>;
  /** Until every running node is active, at the newest block, and its channels work. */
  waitReady(): Promise<void>;
  /** Stops everything, once; removes the folder when it was a temporary one. */
  stop(): Promise<void>;
}

export interface NetworkOptions {
  /** Kept at the end, and gone on with when it holds a network already. Default: a temporary one. */
  readonly folder?: string;
  readonly firstPort?: number;
  readonly say?: (line: string) => void;
}

/** Starts a network from a prepared copy, which takes some ten seconds. */
export async function startNetwork(options: NetworkOptions = {}): Promise<Network> {
  const say = options.say ?? (() => {});
  const tools = await buildTools(say);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "timmy-regtest-"));
  const guard = startGuard();
  if (options.folder === undefined) {
    guard.folder(folder);
    guard.folder(`${folder}.copy`);
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) await copySnapshot(tools, folder, say);
    const parts = await createParts({ ...options, tools, folder, guard });
    const network = asNetwork(tools, parts, () => guard.end());
    say("starting btcd and four nodes");
    await parts.btcd.start();
    // With a tip that is older than two hours no lnd becomes active.
    await parts.btcd.mine(1);
    await Promise.all(parts.all.map((node) => node.start()));
    await network.waitReady();
    return network;
  } catch (error) {
    await guard.end();
    throw error;
  }
}

function asNetwork(tools: Tools, parts: Parts, end: () => Promise<void>): Network {
  const alive = () => parts.all.filter((node) => node.running());
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    await Promise.all(parts.all.map((node) => node.stop()));
    await parts.btcd.stop();
    await end();
  };
  return {
    ...parts,
    tools,
    async mine(blocks) {
      await parts.btcd.mine(blocks);
      await waitChain(alive(), parts.btcd);
    },
    async waitReady() {
      const nodes = alive();
      await Promise.all(nodes.map((node) => node.waitActive()));
      await waitChain(nodes, parts.btcd);
      await connectPeers(parts, nodes);
      await waitChannels(parts, nodes);
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
