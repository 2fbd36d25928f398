// npm run hil: the suite on WebAssembly, or on a board with --port; --write renews expected.json.
import { parseArgs } from "node:util";
import { createSerialTransport } from "@timmy/firmware-bridge/serial";
import { readExpected, writeExpected } from "./expected.ts";
import { createFrameHost } from "./frame-host.ts";
import type { HilHost } from "./hil-host.ts";
import { type Expected, expectedOf, replay } from "./replay.ts";
import { createTransportWire } from "./rtd-host.ts";
import { suite } from "./scripts.ts";
import { createWasmHost } from "./wasm-host.ts";

const { values } = parseArgs({
  options: { port: { type: "string" }, write: { type: "boolean" }, only: { type: "string" } },
});

async function openHost(port: string | undefined): Promise<HilHost> {
  if (port === undefined) return createWasmHost();
  const wire = await createTransportWire(port, createSerialTransport(port), async () => {});
  return createFrameHost(wire);
}

const host = await openHost(values.port);
const committed = values.write === true ? {} : readExpected();
const found: Record<string, Expected> = {};
let failed = 0;
for (const script of suite()) {
  if (values.only !== undefined && !script.name.includes(values.only)) continue;
  const { traces, missed } = await replay(host, script);
  const expected = expectedOf(script, traces);
  found[script.name] = expected;
  const problems = [...missed];
  const wanted = committed[script.name]?.trace;
  if (values.write !== true && wanted !== expected.trace) {
    problems.push(`trace ${expected.trace}, not ${wanted}`);
  }
  if (problems.length > 0) failed++;
  for (const problem of problems) console.error(`${script.name}: ${problem}`);
}
await host.close();
if (values.write === true && failed === 0) writeExpected(found);
console.log(`${host.name}: ${Object.keys(found).length} scripts, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
