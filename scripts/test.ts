import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { lackOfTools } from "../tests/regtest/tools.ts";
import { findLack } from "../tests/zero-cloud/lack.ts";

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
  {
    name: "a C compiler for the Pico",
    paths: ["/usr/bin/arm-none-eabi-gcc"],
    install: "apt-get install gcc-arm-none-eabi",
  },
  {
    name: "sanitizers and static checks",
    paths: ["/usr/bin/clang-tidy-14", "/usr/bin/cppcheck"],
    install: "apt-get install clang-tidy-14 cppcheck libclang-rt-14-dev",
  },
];

const missing: { name: string; install: string }[] = needs.filter(
  (need) => !need.paths.every((path) => existsSync(path)),
);
if (lackOfTools() !== null) {
  missing.push({ name: "Go, to build real Lightning nodes", install: "see https://go.dev/dl" });
}
const lackOfNetwork = findLack();
if (lackOfNetwork !== null) missing.push({ name: "a network of its own", install: lackOfNetwork });
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
if (done.signal !== null) console.error(`test: vitest was ended by ${done.signal}`);
process.exit(done.status ?? 1);
