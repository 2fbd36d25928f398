import { setInterval } from "node:timers";
import { parseArgs } from "node:util";
import { limits } from "./limits.ts";
import { type Network, startNetwork } from "./network.ts";
import { standingNodes, writeStanding } from "./standing.ts";

/** Runs the standing network until SIGTERM: `node tests/regtest/network-main.ts --port 28400`. */
const { values } = parseArgs({ options: { port: { type: "string", default: "28400" } } });
const firstPort = Number(values.port);

let network: Network | null = null;
const stop = async () => {
  await network?.stop();
  process.exit(0);
};
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

try {
  network = await startNetwork({
    folder: standingNodes,
    firstPort,
    say: (line) => console.log(line),
  });
  writeStanding({ pid: process.pid, firstPort });
  const { btcd } = network;
  // Two hours without a block, and no lnd counts as synchronised any more.
  setInterval(() => {
    btcd.mine(1).catch((error: unknown) => console.error(error));
  }, limits.mineEveryMs);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
