import { parseArgs } from "node:util";
import { createSerialTransport } from "@timmy/firmware-bridge/serial";
import { readExpected, writeExpected } from "./expected.ts";
import { createFrameHost } from "./frame-host.ts";
import type { HilHost } from "./hil-host.ts";
import { type Expected, expectedOf, replay } from "./replay.ts";
import { createRp2040Host } from "./rp2040-host.ts";
import { createRtdHost, createTransportWire } from "./rtd-host.ts";
import { suite } from "./scripts.ts";
import { createWasmHost } from "./wasm-host.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    host: { type: "string", default: "wasm" },
    write: { type: "boolean" },
    only: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

const usage = `npm run hil: the conformance suite of the real-time core.

  npm run hil                              on WebAssembly
  npm run hil -- --host rp2040             on the Pico image in its emulator (minutes)
  npm run hil -- --host rtd                on the Linux daemon, over a socket
  npm run hil -- --port /dev/ttyACM0       on a board (not run on the real thing yet)
  npm run hil -- --only NAME               only the scripts with NAME in their name
  npm run hil -- --write                   renew tests/hil/expected.json, on WebAssembly
`;
if (values.help === true) {
  console.log(usage);
  process.exit(0);
}

async function openHost(port: string | undefined): Promise<HilHost> {
  if (port === undefined) {
    if (values.host === "rp2040") return createRp2040Host();
    if (values.host === "rtd") return createRtdHost("socket");
    if (values.host === "wasm") return createWasmHost();
    console.error(`There is no host "${values.host}"; see --help.`);
    process.exit(2);
  }
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
