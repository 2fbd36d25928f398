import { missingNativeTools } from "@timmy/hardware/native-build";
import { describe, expect, it } from "vitest";
import { buildTrialProgram } from "../trials/native-program.ts";
import { readExpected } from "./expected.ts";
import { createPipeHost } from "./pipe-host.ts";
import { expectedOf, replay } from "./replay.ts";
import { suite } from "./scripts.ts";

/** Small faults, most of them by one: a suite that compares traces must see each. */
const faults: readonly [file: string, from: string, to: string][] = [
  [
    "core/drive.c",
    "now - drive->admitted_tick >= drive->ttl_ms",
    "now - drive->admitted_tick > 250u",
  ],
  ["core/limits.h", "#define ESTOP_SAMPLES 3u", "#define ESTOP_SAMPLES 4u"],
  ["core/limits.h", "#define LINK_SILENT_MS 500u", "#define LINK_SILENT_MS 501u"],
  ["core/limits.h", "#define SETPOINT_LAG_MS 250", "#define SETPOINT_LAG_MS 251"],
  ["core/messages.c", "  if (core->sessions.owner != session->token) return ACK_OWNED;\n", ""],
  ["core/limits.h", "#define ENCODER_JUMP_COUNTS 40", "#define ENCODER_JUMP_COUNTS 41"],
  ["core/session.c", "ahead >= 0x8000u", "ahead > 0x8000u"],
  ["core/stop.c", "  stop->generation++;\n", ""],
  ["core/limits.h", "#define SOFT_LINEAR_MPS 0.2f", "#define SOFT_LINEAR_MPS 0.21f"],
  ["core/limits.h", "#define BUMPER_RELEASE_MS 50u", "#define BUMPER_RELEASE_MS 80u"],
  ["core/range.c", "#define STUCK_REPEATS 8u", "#define STUCK_REPEATS 9u"],
  [
    "core/params.c",
    "[PARAM_WHEEL_RATIO] = {1.0f, 0.9f, 1.1f}",
    "[PARAM_WHEEL_RATIO] = {1.0f, 0.9f, 2.0f}",
  ],
  ["core/limits.h", "#define RUNAWAY_MPS 0.15f", "#define RUNAWAY_MPS 0.5f"],
  ["core/limits.h", "#define STALL_MS 150u", "#define STALL_MS 151u"],
  ["core/limits.h", "#define STANDSTILL_MPS 0.01f", "#define STANDSTILL_MPS 0.02f"],
  ["core/limits.h", "#define RANGE_BLIND_MS 500u", "#define RANGE_BLIND_MS 501u"],
];

async function firstScriptThatSees(file: string, from: string, to: string): Promise<string | null> {
  const flags = ["-O1", "-Wno-error"];
  const build = buildTrialProgram({ main: "hosts/pipe/host.c", flags }, [{ file, from, to }]);
  const host = createPipeHost("planted", build.program);
  const expected = readExpected();
  try {
    for (const script of suite()) {
      const { traces } = await replay(host, script);
      if (expectedOf(script, traces).trace !== expected[script.name]?.trace) return script.name;
    }
    return null;
  } finally {
    await host.close();
    build.end();
  }
}

const missing = missingNativeTools(["cc"]);
const skip = missing.length > 0 && process.env["TIMMY_REQUIRE"] !== "all";
const lacks = missing.length === 0 ? "" : " [missing here: cc]";

/** Each builds a core of its own: everybody plays one in four, CI all (TIMMY_THOROUGH=all). */
const thorough = process.env["TIMMY_THOROUGH"] === "all";
const played = thorough ? faults : faults.filter((_, index) => index % 4 === 0);
const share = thorough ? "all" : "one in four";

describe(`a planted fault is seen by the suite (${share})${lacks}`, () => {
  it.skipIf(skip).each(played)("%s: %s", async (file, from, to) => {
    expect(await firstScriptThatSees(file, from, to)).not.toBeNull();
  });
});
