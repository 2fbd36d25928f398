import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Outside of the workspace: what it would bring for graphics cards is 600 MB. */
const here = import.meta.dirname;
const installMs = 300_000;

const cacheRoot = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "timmy");
const hash = createHash("sha256").update(readFileSync(join(here, "package-lock.json")));
const folder = join(cacheRoot, `llama-${hash.digest("hex").slice(0, 16)}`);
const entry = join(folder, "node_modules", "node-llama-cpp", "dist", "index.js");

/** Where node-llama-cpp is, installed when it was not; a text says why it cannot be. */
export function prepareLlama(): { readonly entry: string } | { readonly lack: string } {
  if (existsSync(entry)) return { entry };
  if (process.platform !== "linux" || process.arch !== "x64") {
    return { lack: "node-llama-cpp is pinned for Linux on x64 only" };
  }
  mkdirSync(cacheRoot, { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    for (const name of ["package.json", "package-lock.json"])
      cpSync(join(here, name), join(fresh, name));
    const args = ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
    const npm = spawnSync("npm", args, { cwd: fresh, encoding: "utf8", timeout: installMs });
    if (npm.status !== 0) {
      return { lack: `npm ci of tests/llama failed: ${npm.stderr.trim().slice(-200)}` };
    }
    try {
      renameSync(fresh, folder);
    } catch (error) {
      // Somebody else was faster; theirs is the same.
      if (!existsSync(entry)) throw error;
    }
    return { entry };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
