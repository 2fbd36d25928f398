import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildNative, missingNativeTools, sanitizers } from "@timmy/hardware/native-build";
import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterAll, describe, expect, it } from "vitest";
import { readExpected } from "./expected.ts";
import { createPipeHost } from "./pipe-host.ts";
import { createRtdHost } from "./rtd-host.ts";
import { runSuite } from "./run-suite.ts";
import { suite } from "./scripts.ts";
import { createWasmFrameHost, createWasmHost } from "./wasm-host.ts";

const scratch = mkdtempSync(join(tmpdir(), "timmy-hil-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const required = process.env["TIMMY_REQUIRE"] === "all";
const expected = readExpected();
const main = "hosts/pipe/host.c";

function lacking(tools: readonly string[]): { skip: boolean; reason: string } {
  const missing = missingNativeTools(tools);
  const reason = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;
  return { skip: missing.length > 0 && !required, reason };
}
const cc = lacking(["cc"]);
const clang = lacking(["clang-14"]);
const rtd = rtdLacks();

describe("the conformance suite", () => {
  it("has at least 150 scripts with names of their own, each with its expectation", () => {
    const names = suite().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(150);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(expected)).toEqual(names);
  });

  it("gives the committed traces on WebAssembly", async () => {
    expect((await runSuite(createWasmHost())).wrong).toEqual([]);
  });

  it("gives the same through step frames", async () => {
    expect((await runSuite(createWasmFrameHost())).wrong).toEqual([]);
  });

  it.skipIf(cc.skip)(`gives the same on this machine's own processor${cc.reason}`, async () => {
    const program = buildNative({ main, out: join(scratch, "exact") });
    expect((await runSuite(createPipeHost("native", program))).wrong).toEqual([]);
  });

  it.skipIf(rtd !== null && !required).each([["socket"], ["pty"]] as const)(
    `gives the same on rtd, over a %s${rtd === null ? "" : ` [${rtd}]`}`,
    async (over) => {
      expect((await runSuite(await createRtdHost(over))).wrong).toEqual([]);
    },
    300_000,
  );

  it.skipIf(clang.skip)(
    `runs without a finding under address and undefined-behaviour sanitizers${clang.reason}`,
    async () => {
      const out = join(scratch, "sanitized");
      const program = buildNative({ main, out, compiler: "clang-14", flags: sanitizers });
      expect((await runSuite(createPipeHost("sanitized", program))).wrong).toEqual([]);
    },
  );

  it.skipIf(cc.skip || process.arch !== "x64")(
    `catches a build that contracts multiplication and addition${cc.reason}`,
    async () => {
      const flags = ["-ffp-contract=fast", "-mfma"];
      const program = buildNative({ main, out: join(scratch, "contracted"), flags });
      const { wrong } = await runSuite(createPipeHost("contracted", program));
      expect(wrong.length).toBeGreaterThan(0);
    },
  );
});
