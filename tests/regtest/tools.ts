import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { limits } from "./limits.ts";

/** The programs of a real network, built from the Go modules that go.mod pins. */
export interface Tools {
  readonly folder: string;
  readonly lnd: string;
  readonly lncli: string;
  readonly btcd: string;
  readonly btcctl: string;
}

const packages = {
  lnd: "github.com/lightningnetwork/lnd/cmd/lnd",
  lncli: "github.com/lightningnetwork/lnd/cmd/lncli",
  btcd: "github.com/btcsuite/btcd",
  btcctl: "github.com/btcsuite/btcd/cmd/btcctl",
} as const;
const tags = "signrpc walletrpc chainrpc invoicesrpc kvdb_sqlite lowscrypt";
const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];

const modules = import.meta.dirname;
/** Where the programs, prepared networks and the standing network lie. */
export const cacheRoot = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "timmy");

/** Everything that decides what the programs are; another hash is another folder. */
function hashOfTools(): string {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(join(modules, name)));
  const platform = `${process.platform}-${process.arch}`;
  return hash
    .update(JSON.stringify([tags, flags, packages, platform]))
    .digest("hex")
    .slice(0, 16);
}

const folder = join(cacheRoot, `regtest-${hashOfTools()}`);
const tools: Tools = {
  folder,
  lnd: join(folder, "lnd"),
  lncli: join(folder, "lncli"),
  btcd: join(folder, "btcd"),
  btcctl: join(folder, "btcctl"),
};

/** Why there can be no real nodes here, or null. Where they are built already, Go is not needed. */
export function lackOfTools(): string | null {
  if (existsSync(tools.lnd)) return null;
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  return go.status === 0 ? null : "Go is missing, and with it lnd and btcd (https://go.dev/dl)";
}

/**
 * The programs, built unless they were: four commands into a folder beside, which is then renamed,
 * so that a build that was interrupted or that ran twice at once leaves nothing half.
 */
export async function buildTools(say: (line: string) => void): Promise<Tools> {
  if (existsSync(tools.lnd)) return tools;
  const lack = lackOfTools();
  if (lack !== null) throw new Error(`regtest: ${lack}`);
  mkdirSync(cacheRoot, { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    for (const [name, path] of Object.entries(packages)) {
      say(`building ${name} (all four take some minutes, once)`);
      await goBuild(fresh, path);
    }
    try {
      renameSync(fresh, folder);
    } catch (error) {
      // Somebody else was faster; theirs is the same.
      if (!existsSync(tools.lnd)) throw error;
    }
    return tools;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function goBuild(into: string, path: string): Promise<void> {
  const go = spawn("go", ["build", "-tags", tags, ...flags, "-o", into, path], {
    cwd: modules,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: limits.buildMs,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
  });
  let said = "";
  go.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-limits.tailBytes);
  });
  const [code] = await once(go, "close");
  if (code !== 0) throw new Error(`regtest: go build ${path} failed:\n${said}`);
}
