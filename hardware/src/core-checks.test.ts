import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { coreSources, missingNativeTools, realtimeFolder } from "./native-build.ts";
import { reportStack } from "./stack-use.ts";

const required = process.env["TIMMY_REQUIRE"] === "all";

function needs(tools: readonly string[]): { skip: boolean; reason: string } {
  const missing = missingNativeTools(tools);
  const reason = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;
  return { skip: missing.length > 0 && !required, reason };
}

const cppcheck = needs(["cppcheck"]);
const tidy = needs(["clang-tidy-14"]);
const arm = needs(["arm-none-eabi-gcc"]);

/** Ours pass values of one kind side by side by design; the rest of these families holds. */
const tidyChecks = [
  ...["-*", "bugprone-*", "cert-*", "clang-analyzer-*", "performance-*"],
  "-bugprone-easily-swappable-parameters",
].join();
/** Every host has this much for the core, beside its own frames and interrupts. */
const stackBytes = 1280;
/** What the compiler itself calls on a chip without a floating-point unit, and for copies. */
const compilersOwn = /^(__aeabi_\w+|__gnu_thumb1_case_\w+|__clzsi2|memcpy|memset)$/;

describe("the core's C", () => {
  it.skipIf(cppcheck.skip)(
    `has nothing that cppcheck warns of${cppcheck.reason}`,
    () => {
      const words = ["--quiet", "--std=c11", "--enable=warning,performance,portability"];
      const folders = ["-Icore", "core", "hosts/pipe", "fuzz"];
      const run = spawnSync("cppcheck", [...words, "--error-exitcode=3", ...folders], {
        cwd: realtimeFolder,
        encoding: "utf8",
      });
      expect([run.status, run.stderr]).toEqual([0, ""]);
    },
    60_000,
  );

  it.skipIf(tidy.skip)(
    `has nothing that clang-tidy finds${tidy.reason}`,
    () => {
      const words = ["--quiet", `--checks=${tidyChecks}`, "--warnings-as-errors=*"];
      const run = spawnSync(
        "clang-tidy-14",
        [...words, ...coreSources(), "--", "-std=c11", "-Icore"],
        { cwd: realtimeFolder, encoding: "utf8" },
      );
      expect([run.status, run.stdout]).toEqual([0, ""]);
    },
    120_000,
  );

  it.skipIf(arm.skip)(
    `needs a bounded stack, and nothing from a C library${arm.reason}`,
    () => {
      const report = reportStack();
      expect(report.dynamic).toEqual([]);
      expect(report.needs.filter((name) => !compilersOwn.test(name))).toEqual([]);
      for (const name of ["core_tick", "core_receive", "core_transmit", "core_settle"]) {
        const { bytes, calls } = report.of(name);
        expect({ name, bytes, calls, fits: bytes <= stackBytes }).toMatchObject({ fits: true });
      }
      expect(report.of("core_tick").calls.length).toBeGreaterThan(3);
    },
    60_000,
  );
});
