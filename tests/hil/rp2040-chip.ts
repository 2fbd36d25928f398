import { readFileSync } from "node:fs";
import { committedImage } from "@timmy/hardware/rp2040-build";
import { bootCrc, decodeUf2 } from "@timmy/hardware/uf2";
import { GPIOPinState, RP2040 } from "rp2040js";

/** What one tick cost, from its interrupt to its return, with whatever interrupted it. */
export interface TickMeter {
  ticks: number;
  worstCycles: number;
  totalCycles: number;
}

/** An RP2040 that runs the image that is flashed; time passes only in `runTo` and `runToSleep`. */
export interface Rp2040Chip {
  /** Since the chip was first powered, microseconds. */
  nowUs(): number;
  /** Runs until then; edges and bytes that were asked for come at their time. */
  runTo(us: number): void;
  /** Runs until one more tick has ended; false when none did until then. */
  runTick(untilUs: number): boolean;
  /** Runs until the core sleeps with nothing left to receive; the pins do not change meanwhile. */
  runToSleep(): void;
  /** Drives an input at a time, microseconds; at once when that has passed. */
  drive(pin: number, level: boolean, atUs?: number): void;
  /** True while an output is driven high. */
  high(pin: number): boolean;
  /** Told of each change between driven high and anything else; at first it is not high. */
  watch(pin: number, listen: (level: boolean) => void): void;
  register(address: number): number;
  setAdc(channel: number, steps: number): void;
  /** Bytes to UART0, at 921600 baud or as fast as its FIFO is emptied. */
  send(bytes: Uint8Array, pace: "baud" | "fifo"): void;
  /** Bytes from UART0 since the last call. */
  take(): Uint8Array;
  readonly meter: TickMeter;
  /** How often the hardware watchdog reset the chip. */
  resets(): number;
  /** Bytes of stack that were ever written since power-up. */
  stackBytes(): number;
  /** What the image did that the emulator does not know, each once. */
  readonly complaints: ReadonlySet<string>;
}

const cycleNs = 8;
const byteNs = (10 * 1e9) / 921_600;
const flashStart = 0x1000_0000;
const secondStage = 0x2004_1f00;
const stackLow = 0x2004_0000 - 0x2000_0000;
const stackHigh = 0x2004_2000 - 0x2000_0000;
const paint = 0xa5;
const watchdogBlock = 0x40058;
/** Entering or leaving an exception (Cortex-M0+ manual: 15 cycles in, fewer out). */
const exceptionCycles = 15;
/** Exception numbers: timer alarms 0 and 1, and the pins' interrupt, which may interrupt a tick. */
const tickException = 16;
const insideTick: ReadonlySet<number> = new Set([tickException, 17, 29]);
/** Inputs that rest high because of their pull-ups, as long as nothing drives them. */
const pulledUp = [9, 10, 11, 12, 13, 20, 21];

/** The committed image's pieces of flash. */
function readPieces(uf2: Uint8Array) {
  const pieces = decodeUf2(uf2);
  if (pieces === null) throw new RangeError("not a UF2 file of an RP2040");
  return pieces;
}

/** Does what the boot ROM does with a flash that holds a good second stage. */
function boot(rp2040: RP2040, pieces: ReturnType<typeof readPieces>): void {
  for (const { address, bytes } of pieces) rp2040.flash.set(bytes, address - flashStart);
  const stage = rp2040.flash.subarray(0, 252);
  if (rp2040.readUint32(flashStart + 252) !== bootCrc(stage)) throw new RangeError("boot CRC");
  rp2040.sram.fill(paint, stackLow, stackHigh);
  rp2040.sram.set(stage, secondStage - 0x2000_0000);
  rp2040.core.SP = secondStage;
  rp2040.core.PC = secondStage;
}

/** The parts of the emulator that its package does not export as types. */
interface Clock {
  readonly nanos: number;
  readonly nanosToNextAlarm: number;
  tick(nanos: number): void;
}
interface Watchdog {
  readonly timer: { enable: boolean };
  onWatchdogTrigger: () => void;
}

interface Happening {
  readonly atNs: number;
  readonly happen: () => void;
}

/** What the world does to the pins, in order of time. */
function createAgenda() {
  const list: Happening[] = [];
  return {
    nextNs: () => list[0]?.atNs ?? Number.POSITIVE_INFINITY,
    add(atNs: number, happen: () => void) {
      const later = list.findIndex((other) => other.atNs > atNs);
      list.splice(later < 0 ? list.length : later, 0, { atNs, happen });
    },
    runDue(nowNs: number) {
      for (let due = list[0]; due !== undefined && due.atNs <= nowNs; due = list[0]) {
        list.shift();
        due.happen();
      }
    },
  };
}

export function createRp2040Chip(uf2: Uint8Array = readFileSync(committedImage)): Rp2040Chip {
  const pieces = readPieces(uf2);
  const meter: TickMeter = { ticks: 0, worstCycles: 0, totalCycles: 0 };
  const complaints = new Set<string>();
  const levels = new Map<number, boolean>(pulledUp.map((pin) => [pin, true]));
  const watches: { pin: number; listen: (level: boolean) => void }[] = [];
  const adc = new Map<number, number>();
  const agenda = createAgenda();
  let nextDueNs = Number.POSITIVE_INFINITY;
  let said: number[] = [];
  const waitingBytes: number[] = [];
  let lineFreeNs = 0;
  let resets = 0;
  let resetAsked = false;
  let tickCycles: number | null = null;
  let lastException = 0;
  /** The time at which the present power-up began. */
  let epochNs = 0;
  let rp2040 = powerUp();

  const nowNs = () => epochNs + rp2040.clock.nanos;

  function attach(chip: RP2040, pin: number, listen: (level: boolean) => void): void {
    let last = false;
    chip.gpio[pin]?.addListener((state) => {
      const level = state === GPIOPinState.High;
      if (level === last) return;
      last = level;
      listen(level);
    });
  }
  function powerUp(): RP2040 {
    const chip = new RP2040();
    const complain = (name: string, text: string) => complaints.add(`${name}: ${text}`);
    chip.logger = { debug() {}, info() {}, warn: complain, error: complain };
    boot(chip, pieces);
    for (const [pin, level] of levels) chip.gpio[pin]?.setInputValue(level);
    for (const { pin, listen } of watches) attach(chip, pin, listen);
    for (const [channel, steps] of adc) chip.adc.channelValues[channel] = steps;
    const [uart] = chip.uart;
    if (uart !== undefined) uart.onByte = (byte) => said.push(byte);
    const watchdog = chip.peripherals[watchdogBlock] as unknown as Watchdog;
    watchdog.onWatchdogTrigger = () => {
      resetAsked = true;
      // The emulated counter would ring again in the same instant, for ever.
      watchdog.timer.enable = false;
    };
    tickCycles = null;
    lastException = 0;
    return chip;
  }
  /** All but the oscillators starts over: pins are inputs again, and flash is read anew. */
  function reset(): void {
    resetAsked = false;
    resets++;
    epochNs = nowNs();
    rp2040 = powerUp();
    for (const { listen } of watches) listen(false);
  }
  /** Counts what passes inside of a tick; the emulator leaves out what an exception costs. */
  function measure(spent: number): void {
    const { IPSR } = rp2040.core;
    if (tickCycles !== null) tickCycles += spent;
    if (IPSR === lastException) return;
    if (tickCycles !== null) tickCycles += exceptionCycles;
    lastException = IPSR;
    if (tickCycles === null) {
      if (IPSR === tickException) tickCycles = exceptionCycles + spent;
    } else if (!insideTick.has(IPSR)) {
      meter.ticks++;
      meter.totalCycles += tickCycles;
      if (tickCycles > meter.worstCycles) meter.worstCycles = tickCycles;
      tickCycles = null;
    }
  }
  /** One instruction, or the sleep until the next event; the sleep never goes beyond `endNs`. */
  function step(endNs: number): void {
    const { core } = rp2040;
    const clock = rp2040.clock as unknown as Clock;
    let spent = 0;
    if (core.waiting) {
      const gap = clock.nanosToNextAlarm;
      const left = Math.min(endNs, nextDueNs) - epochNs - clock.nanos;
      clock.tick(gap > 0 && gap < left ? gap : Math.max(1, left));
    } else {
      spent = core.executeInstruction();
      clock.tick(spent * cycleNs);
    }
    measure(spent);
    if (resetAsked) reset();
    if (nowNs() < nextDueNs) return;
    agenda.runDue(nowNs());
    nextDueNs = agenda.nextNs();
  }
  function at(atNs: number, happen: () => void): void {
    agenda.add(atNs, happen);
    nextDueNs = agenda.nextNs();
  }
  function setLevel(pin: number, level: boolean): void {
    if (levels.get(pin) === level) return;
    levels.set(pin, level);
    rp2040.gpio[pin]?.setInputValue(level);
  }
  /** The emulated FIFO holds 32 bytes and drops what is more. */
  function fillFifo(): boolean {
    const bytes = waitingBytes.splice(0, 32);
    for (const byte of bytes) rp2040.uart[0]?.feedByte(byte);
    return bytes.length > 0;
  }

  return {
    meter,
    complaints,
    nowUs: () => nowNs() / 1000,
    runTo(us) {
      const endNs = us * 1000;
      while (nowNs() < endNs) step(endNs);
    },
    runTick(untilUs) {
      const endNs = untilUs * 1000;
      const { ticks } = meter;
      while (meter.ticks === ticks && nowNs() < endNs) step(endNs);
      return meter.ticks > ticks;
    },
    runToSleep() {
      do {
        const { core } = rp2040;
        const clock = rp2040.clock as unknown as Clock;
        while (!core.waiting) clock.tick(core.executeInstruction() * cycleNs);
      } while (fillFifo());
    },
    drive(pin, level, atUs = 0) {
      if (atUs * 1000 <= nowNs()) setLevel(pin, level);
      else at(atUs * 1000, () => setLevel(pin, level));
    },
    high: (pin) => rp2040.gpio[pin]?.value === GPIOPinState.High,
    watch(pin, listen) {
      watches.push({ pin, listen });
      attach(rp2040, pin, listen);
    },
    register: (address) => rp2040.readUint32(address) >>> 0,
    setAdc(channel, steps) {
      adc.set(channel, steps);
      rp2040.adc.channelValues[channel] = steps;
    },
    send(bytes, pace) {
      if (pace === "fifo") {
        waitingBytes.push(...bytes);
        return;
      }
      for (const byte of bytes) {
        lineFreeNs = Math.max(lineFreeNs, nowNs()) + byteNs;
        at(lineFreeNs, () => rp2040.uart[0]?.feedByte(byte));
      }
    },
    take() {
      const bytes = Uint8Array.from(said);
      said = [];
      return bytes;
    },
    resets: () => resets,
    stackBytes() {
      const stack = rp2040.sram.subarray(stackLow, stackHigh);
      const untouched = stack.findIndex((byte) => byte !== paint);
      return untouched < 0 ? 0 : stack.length - untouched;
    },
  };
}
