import { spawnSync } from "node:child_process";
import { buildTrialProgram, type PlantedFault } from "./native-program.ts";
import type { Trial } from "./trial.ts";

/** Both places that keep the duty within its bounds are gone. */
const planted: readonly PlantedFault[] = [
  { file: "core/pid.c", from: "  out = real_clamp(out, -1.0f, 1.0f);\n", to: "" },
  {
    file: "core/core.c",
    from: "outputs->left_duty = real_clamp(core->left.duty, -1.0f, 1.0f);",
    to: "outputs->left_duty = core->left.duty;",
  },
];

export const trial: Trial = {
  title: "Any numbers in parameters, set-points and sensors: the duties stay within -1 and 1",
  defaultN: 10_000_000,
  async run({ n, seed, plant }) {
    const { program, end } = buildTrialProgram({ main: "fuzz/numeric.c" }, plant ? planted : []);
    try {
      const { stdout } = spawnSync(program, [String(n), String(seed)], { encoding: "utf8" });
      const [ticks = 0, poweredTicks = 0, ticksOutOfBounds = 0, largestDuty = 0] = stdout
        .trim()
        .split(" ")
        .map(Number);
      const pass = ticks >= n && poweredTicks > n / 2 && ticksOutOfBounds === 0;
      return { pass, figures: { ticks, poweredTicks, ticksOutOfBounds, largestDuty } };
    } finally {
      end();
    }
  },
};
