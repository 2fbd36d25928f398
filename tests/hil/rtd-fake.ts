import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** Numbers of the pins, as in hosts/linux/pins.h. */
export const fakePin = {
  leftA: 9,
  leftB: 10,
  rightA: 11,
  rightB: 12,
  echoFront: 13,
  estop: 16,
  bumperLeft: 17,
  bumperRight: 18,
} as const;
export type FakePin = keyof typeof fakePin;

/** Places in the file that plays the pins (hosts/linux/hal-fake.h). */
const at = {
  enable: 0,
  leftDuty: 4,
  rightDuty: 8,
  triggerFront: 12,
  levels: 32,
  battery: 36,
  edgeHead: 40,
  safes: 48,
  abort: 52,
  edges: 64,
} as const;
const edgeBytes = 16;
const edgeSlots = 1024;

/** How a program dies of itself. */
export const deaths = { assertion: 1, hang: 2, badAccess: 3 } as const;

export interface FakePins {
  enable(): number;
  /** Per mille of full duty. */
  duty(): readonly [number, number];
  /** How often the front sonar was started. */
  triggers(): number;
  /** How often the safe state was written. */
  safes(): number;
  setBattery(mv: number): void;
  setLevel(pin: FakePin, high: boolean): void;
  /** An edge, with the level that follows it. */
  edge(pin: FakePin, high: boolean, timeUs: number): void;
  die(how: keyof typeof deaths): void;
  /** What a predecessor that was killed may have left behind. */
  leaveDriving(): void;
  close(): void;
}

/** The file through which rtd's fake pins are moved and read; it outlives rtd. */
export function createFakePins(path: string): FakePins {
  const file = openSync(path, "w+");
  const word = Buffer.alloc(4);
  let levels = 0;
  let head = 0;
  writeSync(file, Buffer.alloc(at.edges + edgeBytes * edgeSlots), 0, undefined, 0);
  const read = (place: number) => {
    readSync(file, word, 0, 4, place);
    return word.readInt32LE(0);
  };
  const write = (place: number, value: number) => {
    word.writeUInt32LE(value >>> 0);
    writeSync(file, word, 0, 4, place);
  };
  const setLevel = (pin: FakePin, high: boolean) => {
    const bit = 1 << fakePin[pin];
    levels = high ? levels | bit : levels & ~bit;
    write(at.levels, levels);
  };
  return {
    enable: () => read(at.enable),
    duty: () => [read(at.leftDuty), read(at.rightDuty)],
    triggers: () => read(at.triggerFront),
    safes: () => read(at.safes),
    setBattery: (mv) => write(at.battery, mv),
    setLevel,
    edge(pin, high, timeUs) {
      const record = Buffer.alloc(edgeBytes);
      record.writeBigUInt64LE(BigInt(Math.round(timeUs)) * 1000n, 0);
      record.writeUInt32LE(fakePin[pin], 8);
      record.writeUInt32LE(high ? 1 : 0, 12);
      writeSync(file, record, 0, edgeBytes, at.edges + edgeBytes * (head % edgeSlots));
      setLevel(pin, high);
      head++;
      write(at.edgeHead, head);
    },
    die: (how) => write(at.abort, deaths[how]),
    leaveDriving() {
      write(at.enable, 1);
      write(at.leftDuty, 700);
      write(at.rightDuty, 700);
    },
    close: () => closeSync(file),
  };
}
