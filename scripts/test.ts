import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What some tests need beyond npm, and how to get it on Debian. */
const needs = [
  { name: "chromium", paths: ["/usr/bin/chromium"], install: "apt-get install chromium" },
  {
    name: "mosquitto and its clients",
    paths: ["/usr/sbin/mosquitto", "/usr/bin/mosquitto_sub"],
    install: "apt-get install mosquitto mosquitto-clients",
  },
  {
    name: "clang-14 and lld-14",
    paths: ["/usr/bin/clang-14", "/usr/bin/wasm-ld-14"],
    install: "apt-get install clang-14 lld-14",
  },
];

const missing = needs.filter((need) => !need.paths.every((path) => existsSync(path)));
if (process.env["TIMMY_REQUIRE"] === "all" && missing.length > 0) {
  console.error(`test: missing ${missing.map((need) => need.name).join(", ")}`);
  process.exit(1);
}
const args = process.argv.slice(2);
const done = spawnSync("vitest", ["run", ...args], { stdio: "inherit" });
for (const need of missing) {
  console.log(`skipped: what needs ${need.name}; to run it: ${need.install}`);
}
if (missing.length === 0) console.log("skipped: nothing");
process.exit(done.status ?? 1);
