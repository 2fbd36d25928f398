import { writeFileSync } from "node:fs";
import { buildRp2040, committedImage, missingArmTools } from "@timmy/hardware/rp2040-build";

const missing = missingArmTools();
if (missing.length > 0) {
  console.error(`rp2040: missing ${missing.join(" and ")}: apt-get install gcc-arm-none-eabi`);
  process.exit(1);
}
const { uf2, stackFrames } = buildRp2040();
writeFileSync(committedImage, uf2);
const [name, bytes] = [...stackFrames].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
console.log(`hardware/realtime/timmy-rp2040.uf2: ${uf2.length} bytes`);
console.log(`longest stack frame: ${bytes} bytes in ${name}`);
