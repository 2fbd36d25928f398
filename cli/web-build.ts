import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../companion/web/", import.meta.url));
const lockFile = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const stampFile = join(web, "dist", ".built-from");

function hashSources(): string {
  const hash = createHash("sha256").update(readFileSync(lockFile));
  const files = readdirSync(web, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(dist|dev)\/|\.test\.|\.md$/.test(path))
    .sort();
  for (const path of files) hash.update(path.slice(web.length)).update(readFileSync(path));
  return hash.digest("hex");
}

/** Builds the dashboard when its sources changed since the last build; answers whether it did. */
export async function buildWeb(tell: (line: string) => void): Promise<boolean> {
  const wanted = hashSources();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return false;
  tell("Building the dashboard...");
  const { build } = await import("vite");
  await build({ root: web, configFile: join(web, "vite.config.ts"), logLevel: "warn" });
  writeFileSync(stampFile, wanted);
  return true;
}
