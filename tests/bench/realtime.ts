import { createRp2040Core } from "../hil/rp2040-core.ts";
import { createDrive } from "../hil/rp2040-drive.ts";
import type { BenchPart } from "./part.ts";

/** 10 % of 125 MHz at 1 kHz. */
const tickLimit = 12_500;
const plantBurstUs = 1000;

/** Cycles and stack of the flashed image's tick, in the emulator, driving there and back. */
export const rp2040Ticks: BenchPart = async ({ seconds }) => {
  const core = createRp2040Core(undefined, plantBurstUs);
  const { meter } = core.chip;
  const drive = createDrive(core);
  if (!drive.arm()) throw new RangeError("the emulated board was not armed");
  const first = meter.ticks;
  const startUs = core.chip.nowUs();
  const endUs = startUs + seconds * 1e6;
  for (let turn = 1; core.chip.nowUs() < endUs; turn = -turn) {
    drive.plant.faults.obstacleM = drive.plant.truth.wayM + 3;
    drive.drive(0.5 * turn, 1.5 * turn, 1500);
  }
  const ticks = meter.ticks - first;
  const missed = Math.round((core.chip.nowUs() - startUs) / 1000) - ticks + core.missed();
  const figures = {
    ticks,
    missed,
    worstCycles: meter.worstCycles,
    meanCycles: Math.round(meter.totalCycles / meter.ticks),
    limitCycles: tickLimit,
    stackBytes: core.chip.stackBytes(),
  };
  const share = ((100 * figures.worstCycles) / 125_000).toFixed(1);
  const sentence =
    `RP2040 (emulated): ${ticks} ticks, ${missed} missed; worst ${figures.worstCycles} cycles ` +
    `(${share} % of 1 ms), mean ${figures.meanCycles}; stack ${figures.stackBytes} bytes`;
  const pass = figures.worstCycles <= tickLimit && missed === 0;
  return { name: "rp2040-ticks", figures, sentence, pass };
};
