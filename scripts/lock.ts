import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * `npm run lock` writes package-lock.json for every platform, whatever the registry at hand holds.
 * npm leaves out optional packages of platforms that a mirror lacks, and `npm ci` then refuses the
 * whole file; so their entries are completed here from the versions that their parents pin.
 */
interface Entry {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = new URL("../package-lock.json", import.meta.url);
const args = ["install", "--package-lock-only", "--ignore-scripts"];
const done = spawnSync("npm", args, { stdio: "inherit" });
if (done.status !== 0) process.exit(1);

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const processors = ["arm64", "x64", "ia32", "arm", "ppc64", "riscv64", "s390x"];

function platformEntry(name: string, version: string, dev: boolean): Entry {
  const os = systems.find((system) => name.includes(system));
  const cpu = processors.find((p) => new RegExp(`\\b${p}(?!\\w*64)`).test(name));
  const libc = /musl/.test(name) ? ["musl"] : [];
  return {
    version,
    ...(dev ? { dev } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc.length === 0 ? {} : { libc }),
  };
}

const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };
let added = 0;
for (const entry of Object.values(lock.packages)) {
  if (entry.resolved?.startsWith("http")) delete entry.resolved;
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] !== undefined || !systems.some((s) => name.includes(s))) continue;
    lock.packages[key] = platformEntry(name, range.replace(/^[\^~]/, ""), entry.dev === true);
    added++;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(`lock: ${sorted.length} packages, ${added} of other platforms completed`);
