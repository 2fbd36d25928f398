import type { BenchPart } from "./part.ts";
import { benchRtd, rtdBenchLacks, rtdTargetRatio } from "./realtime-rtd.ts";

/** rtd's 99th percentile of lateness over cyclictest's in the same seconds, idle and loaded. */
export const rtdLateness: BenchPart = async ({ seconds }) => {
  const name = "rtd-lateness";
  const lacks = await rtdBenchLacks();
  if (lacks.length > 0) {
    const sentence = `rtd: not measured, missing ${lacks.join(", ")}`;
    return { name, figures: {}, sentence, pass: null };
  }
  const pairs = await benchRtd(seconds);
  const figures: Record<string, number> = { targetRatio: rtdTargetRatio };
  const words = pairs.map(({ load, rtd, cyclictest, p99Ratio }) => {
    figures[`${load}P99Ratio`] = p99Ratio;
    figures[`${load}P99Us`] = rtd.p99Us;
    figures[`${load}CyclictestP99Us`] = cyclictest.p99Us;
    return `${load} ${rtd.p99Us} us, ${p99Ratio.toFixed(2)} x cyclictest`;
  });
  const pass = pairs.every(({ p99Ratio }) => p99Ratio <= rtdTargetRatio);
  return { name, figures, sentence: `rtd, p99 of lateness: ${words.join("; ")}`, pass };
};
