import { missingNativeTools } from "@timmy/hardware/native-build";
import { describe, expect, it } from "vitest";
import { trial as approvalAttacks } from "./approval-attacks.ts";
import { trial as bodyRaces } from "./body-races.ts";
import { trial as diskFull, diskFullLacks } from "./disk-full.ts";
import { trial as fuzzFrames } from "./fuzz-frames.ts";
import { trial as ioErrors } from "./io-errors.ts";
import { trial as ledgerKill } from "./ledger-kill.ts";
import { trial as linkFaults } from "./link-faults.ts";
import { trial as lndFaults } from "./lnd-faults.ts";
import { trial as numericFuzz } from "./numeric-fuzz.ts";
import { trial as powerCut } from "./power-cut.ts";
import { trial as stateDamage } from "./state-damage.ts";
import { trial as stopFaults } from "./stop-faults.ts";
import type { Trial } from "./trial.ts";

const required = process.env["TIMMY_REQUIRE"] === "all";
/** Few enough for every day; `npm run trial` runs the promised numbers. */
const cases: readonly [name: string, trial: Trial, n: number, tools: readonly string[]][] = [
  ["link-faults", linkFaults, 500, []],
  ["stop-faults", stopFaults, 30, []],
  ["lnd-faults", lndFaults, 16, []],
  ["numeric-fuzz", numericFuzz, 200_000, ["cc"]],
  ["fuzz-frames", fuzzFrames, 10_000, ["clang-14"]],
  ["ledger-kill", ledgerKill, 12, []],
  ["power-cut", powerCut, 60, ["strace"]],
  ["io-errors", ioErrors, 5, ["strace"]],
  ["disk-full", diskFull, 2, ["mount"]],
  ["approval-attacks", approvalAttacks, 90, []],
  ["state-damage", stateDamage, 1, []],
  ["body-races", bodyRaces, 16, []],
];

describe.each(cases)("the trial %s", (_name, trial, n, tools) => {
  const missing = tools.flatMap((tool) =>
    tool === "mount" ? diskFullLacks() : missingNativeTools([tool]),
  );
  const skip = missing.length > 0 && !required;
  const lacks = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;

  it.skipIf(skip)(`passes${lacks}`, async () => {
    const { pass, figures } = await trial.run({ n, seed: 7, plant: false });
    expect({ pass, figures }).toMatchObject({ pass: true });
  });

  it.skipIf(skip)(`fails when a fault is planted${lacks}`, async () => {
    const { pass } = await trial.run({ n, seed: 7, plant: true });
    expect(pass).toBe(false);
  });
});
