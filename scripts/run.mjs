// Runs a file of Timmy on the pinned Node, after installing what is missing.
// This file alone runs on the system's Node, so it has no dependencies and only old syntax.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lowestMajor = 20;
const pinnedMajor = 24;

function giveUp(sentence) {
  console.error(`timmy: ${sentence}`);
  process.exit(2);
}

function checkSystem() {
  if (process.platform === "win32") {
    giveUp("Windows is not supported; use Linux, macOS, or WSL 2 with a Linux inside.");
  }
  if (Number(process.versions.node.split(".")[0]) < lowestMajor) {
    giveUp(`Node ${process.versions.node} is too old to begin with; install Node 20 or later.`);
  }
}

/** Runs `npm ci` when the lock file is not the one that was installed last. */
function install() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).digest("hex");
  const stamp = join(root, "node_modules", ".timmy-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("timmy: installing what Timmy needs (once, about 200 MB)...");
  const args = ["ci", "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit"];
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ["npm"];
  const done = spawnSync(
    command[0],
    command.slice(1).concat(args, "--no-fund", "--loglevel=error"),
    {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  if (done.status !== 0) {
    const said = done.stderr || "";
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ECONNRESET/.test(said)) {
      giveUp("there is no network to install from; connect once, then it works without one.");
    }
    if (done.error) giveUp(`npm could not be started (${done.error.message}); install npm.`);
    console.error(said.trim());
    giveUp("the installation failed; what npm said stands above.");
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** The pinned Node where its package exists for this system, otherwise a new enough system Node. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const pinned = join(root, "node_modules", name, "bin", "node");
  if (existsSync(pinned)) {
    if (spawnSync(pinned, ["--version"]).status === 0) return pinned;
  }
  if (Number(process.versions.node.split(".")[0]) >= pinnedMajor) return process.execPath;
  return giveUp(
    `no packaged Node for ${process.platform} ${process.arch}; install Node ${pinnedMajor} yourself.`,
  );
}

checkSystem();
install();
const node = findNode();
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: "inherit",
  env: Object.assign({}, process.env, {
    PATH: [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH].join(":"),
  }),
});
// Ctrl-C reaches the whole group by itself; a signal to this process alone is handed on.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
