import { skipped } from "./presence.ts";
import { buildTools } from "./tools.ts";

/** Runs once before the tests of this folder: a cold build would take longer than any of them may. */
export async function setup(): Promise<void> {
  if (skipped.yes) console.warn(`regtest: no real nodes here${skipped.reason}`);
  else await buildTools((line) => console.log(`regtest: ${line}`));
}
