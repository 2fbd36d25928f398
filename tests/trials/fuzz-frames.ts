import { spawn } from "node:child_process";
import { once } from "node:events";
import { sanitizers } from "@timmy/hardware/native-build";
import { buildTrialProgram, type PlantedFault } from "./native-program.ts";
import type { Trial } from "./trial.ts";

/** The decoder takes one byte more than its buffer has. */
const planted: PlantedFault = {
  file: "core/frame.c",
  from: "if (decoder->length < WIRE_MAX) decoder",
  to: "if (decoder->length <= WIRE_MAX) decoder",
};
/** Longer than the longest frame, so that a decoder can overflow. */
const longestInput = 128;

export const trial: Trial = {
  title: "Any bytes on the link, under address and undefined-behaviour sanitizers (libFuzzer)",
  defaultN: 10_000_000,
  async run({ n, seed, plant }) {
    const flags = [...sanitizers, "-fsanitize=fuzzer"];
    const build = { main: "fuzz/frames.c", compiler: "clang-14", flags };
    const { program, folder, end } = buildTrialProgram(build, plant ? [planted] : []);
    try {
      const words = [`-runs=${n}`, `-seed=${seed}`, `-max_len=${longestInput}`, "-len_control=0"];
      const child = spawn(program, words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (piece: Buffer) => {
        said = (said + piece.toString()).slice(-100_000);
      });
      const [code] = (await once(child, "close")) as [number | null];
      const done = Number(/Done (\d+) runs/.exec(said)?.[1] ?? 0);
      const covered = Number([...said.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? 0);
      const finding = /(runtime error: .*|ERROR: \w+: .*)/.exec(said)?.[1] ?? "none";
      const pass = code === 0 && done >= n;
      return { pass, figures: { inputsDone: done, edgesCovered: covered, finding } };
    } finally {
      end();
    }
  },
};
