import type { Logger } from "@timmy/shared/ports/logger";
import { baudRate, maxWaitingBytes } from "./limits.ts";
import { type SerialEffect, type SerialInput, serialAtRest, stepSerial } from "./serial-machine.ts";
import {
  type SerialDevice,
  type SerialPorts,
  SerialRefused,
  systemSerialPorts,
} from "./serial-ports.ts";
import type { Transport, TransportListener } from "./transport.ts";

export interface SerialOptions {
  readonly ports?: SerialPorts;
  readonly logger?: Logger;
  readonly baud?: number;
}

/**
 * A wire over a serial device, named by a path or by a pattern such as
 * `/dev/serial/by-id/usb-*Timmy*`. Each `open` is one try over all devices that fit.
 */
export function createSerialTransport(pattern: string, options: SerialOptions = {}): Transport {
  const { ports = systemSerialPorts, logger, baud = baudRate } = options;
  const devices = new Map<number, SerialDevice>();
  let listener: TransportListener | null = null;
  let machine = serialAtRest;
  let noted = "";

  function take(input: SerialInput): void {
    const done = stepSerial(machine, input);
    machine = done.state;
    for (const effect of done.effects) perform(effect);
  }

  function perform(effect: SerialEffect): void {
    switch (effect.kind) {
      case "search":
        void ports.find(pattern).then((paths) => take({ kind: "found", paths }));
        return;
      case "open":
        void openDevice(effect.path, effect.attempt);
        return;
      case "release":
        void release(effect.attempt);
        return;
      case "tell":
        if (effect.what === "opened") noted = "";
        return effect.what === "opened" ? listener?.opened() : listener?.closed();
      case "note":
        return note(effect.path, effect.reason);
    }
  }

  /** Says why it is not open once, not at every try. */
  function note(path: string | null, reason: string): void {
    if (noted === `${path} ${reason}`) return;
    noted = `${path} ${reason}`;
    logger?.warn("the serial device cannot be opened", { pattern, path: path ?? "", reason });
  }

  async function openDevice(path: string, attempt: number): Promise<void> {
    try {
      const device = await ports.open(path, baud, {
        bytes: (bytes) => {
          if (machine.phase === "open" && machine.attempt === attempt) listener?.bytes(bytes);
        },
        lost: () => take({ kind: "lost", attempt }),
      });
      devices.set(attempt, device);
      take({ kind: "opened", attempt });
    } catch (error) {
      const reason = error instanceof SerialRefused ? error.reason : "failed";
      take({ kind: "failed", attempt, reason });
    }
  }

  async function release(attempt: number): Promise<void> {
    const device = devices.get(attempt);
    devices.delete(attempt);
    await device?.release();
    take({ kind: "released", attempt });
  }

  return {
    open: () => take({ kind: "open" }),
    close: () => take({ kind: "close" }),
    send(bytes) {
      const device = machine.phase === "open" ? devices.get(machine.attempt) : undefined;
      if (device !== undefined && device.waiting() < maxWaitingBytes) device.write(bytes);
    },
    listen(next) {
      listener = next;
    },
  };
}
