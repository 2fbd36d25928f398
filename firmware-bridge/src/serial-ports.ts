import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { TimmyError } from "@timmy/shared/errors";
import type { SerialRefusal } from "./serial-machine.ts";

/** An open serial device. */
export interface SerialDevice {
  /** Bytes that wait to be written. */
  waiting(): number;
  write(bytes: Uint8Array): void;
  /** Gives the device back; resolves when the system has done it. */
  release(): Promise<void>;
}

export interface SerialDeviceListener {
  bytes(bytes: Uint8Array): void;
  /** The device is gone, or can no longer be used. */
  lost(): void;
}

/** What the serial transport needs of the system; the fake is in serial-fake.ts. */
export interface SerialPorts {
  /** The devices that a path or pattern names now, sorted; `*` stands in the last part alone. */
  find(pattern: string): Promise<string[]>;
  /** Rejects with a `SerialRefused`. */
  open(path: string, baud: number, listener: SerialDeviceListener): Promise<SerialDevice>;
}

/** Why a device was not opened: an expected outcome of one try. */
export class SerialRefused extends Error {
  readonly reason: SerialRefusal;
  constructor(reason: SerialRefusal, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

const refusals: readonly (readonly [RegExp, SerialRefusal])[] = [
  [/no such (file|device)|not found/i, "absent"],
  [/lock|busy|temporarily unavailable/i, "locked"],
  [/permission|denied|not permitted/i, "denied"],
];

/** The library says it in words only. */
export function refusalOf(message: string): SerialRefusal {
  return refusals.find(([pattern]) => pattern.test(message))?.[1] ?? "failed";
}

/** Matches names against a pattern in which `*` stands for anything. */
export function matchNames(pattern: string, names: readonly string[]): string[] {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`);
  return names.filter((name) => whole.test(name)).sort();
}

async function find(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const names = pattern.includes("*")
    ? matchNames(basename(pattern), await readdir(folder).catch(() => []))
    : [basename(pattern)];
  // A name by id stays, the device behind it is renumbered: always look where it leads now.
  const leads = names.map((name) => realpath(join(folder, name)).catch(() => null));
  const paths = (await Promise.all(leads)).filter((path) => path !== null);
  return [...new Set(paths)];
}

async function open(
  path: string,
  baud: number,
  listener: SerialDeviceListener,
): Promise<SerialDevice> {
  if (!isMainThread) throw new TimmyError("internal", "A serial device belongs to a main thread.");
  // A native module: loaded by whoever has a cable, not by everybody.
  const { autoDetect } = await import("@serialport/bindings-cpp");
  const { SerialPortStream } = await import("@serialport/stream");
  const port = new SerialPortStream({
    binding: autoDetect(),
    path,
    baudRate: baud,
    lock: true,
    hupcl: false,
    autoOpen: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  port.on("data", (bytes: Buffer) => listener.bytes(bytes));
  port.on("error", () => listener.lost());
  port.on("close", () => listener.lost());
  port.open((error) => {
    if (error === null) resolve();
    else reject(new SerialRefused(refusalOf(error.message), { cause: error }));
  });
  await promise;
  // What the system kept from before is an old core's word.
  port.flush();
  return {
    waiting: () => port.writableLength,
    write: (bytes) => void port.write(Buffer.from(bytes)),
    release: () =>
      new Promise<void>((done) => {
        if (port.isOpen) port.close(() => done());
        else done();
      }),
  };
}

/** Serial devices through @serialport. */
export const systemSerialPorts: SerialPorts = { find, open };
