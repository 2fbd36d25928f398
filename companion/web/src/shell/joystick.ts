import type { DriveCommand, DriveInput } from "../core/drive-input.ts";
import { driveCommand, isHeld, noDrive, standstill } from "../core/drive-input.ts";
import { drivePeriodMs } from "../limits.ts";

export interface JoystickPorts {
  readonly connect: () => WebSocket;
  readonly every: (periodMs: number, run: () => void) => () => void;
  readonly maxSpeedMps: () => number;
  readonly onChange: (status: "closed" | "opening" | "open" | "broken") => void;
}

export interface Joystick {
  open(): void;
  close(): void;
  /** What a hand holds now. Letting go sends one zero at once. */
  hold(input: DriveInput): void;
}

/** Sends what is held every 100 ms, each a lease; silence alone makes the robot stop as well. */
export function createJoystick(ports: JoystickPorts): Joystick {
  let socket: WebSocket | null = null;
  let held = noDrive;
  let cancel = (): void => {};

  function send(command: DriveCommand): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
  }
  function hold(input: DriveInput): void {
    const was = isHeld(held);
    held = input;
    if (isHeld(input) === was) return;
    cancel();
    cancel = (): void => {};
    if (!isHeld(input)) return send(standstill);
    const beat = (): void => send(driveCommand(held, ports.maxSpeedMps()));
    beat();
    cancel = ports.every(drivePeriodMs, beat);
  }
  function open(): void {
    if (socket !== null) return;
    ports.onChange("opening");
    const opened = ports.connect();
    socket = opened;
    opened.addEventListener("open", () => ports.onChange("open"));
    opened.addEventListener("close", () => {
      if (socket !== opened) return;
      hold(noDrive);
      socket = null;
      ports.onChange("broken");
    });
  }
  function close(): void {
    hold(noDrive);
    const closing = socket;
    socket = null;
    closing?.close();
    ports.onChange("closed");
  }
  return { open, close, hold };
}
