import { writeFileSync } from "node:fs";
import { buildCore, committedCore, missingTools } from "@timmy/hardware/core-build";

const missing = missingTools();
if (missing.length > 0) {
  console.error(`core: missing ${missing.join(" and ")}: apt-get install clang-14 lld-14`);
  process.exit(1);
}
const bytes = buildCore();
writeFileSync(committedCore, bytes);
console.log(`hardware/realtime/core.wasm: ${bytes.length} bytes`);
