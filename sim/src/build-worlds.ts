import { writeFileSync } from "node:fs";
import { worldFiles } from "./world-text.ts";

for (const { name, text } of worldFiles()) {
  writeFileSync(new URL(`../worlds/${name}`, import.meta.url), text);
  process.stdout.write(`sim/worlds/${name}: ${text.length} characters\n`);
}
