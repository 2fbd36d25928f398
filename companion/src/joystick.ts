import { type CommandPayload, commandPayloads } from "@timmy/shared/mqtt/payloads";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { joystickPeriodMs, joystickSilenceMs, maxBadJoystick } from "./limits.ts";

const stickSchema = commandPayloads.drive.pick({ linear_mps: true, angular_radps: true });
type Stick = Pick<CommandPayload<"drive">, "linear_mps" | "angular_radps">;

export interface Joystick {
  /** Takes one message in; false when so many were senseless that the line should be cut. */
  message(text: string): boolean;
  /** Sends a zero, unless the last one was. */
  close(): void;
}

function parse(text: string): Stick | null {
  try {
    const parsed = stickSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * One held joystick: at most 20 set-points a second, of which the newest wins; a zero goes out at
 * once, and also when nothing has come for 300 ms. The robot enforces the same on its side.
 */
export function createJoystick(
  time: Time,
  drive: (linearMps: number, angularRadps: number) => void,
): Joystick {
  const { clock, timers } = time;
  let sentMs = Number.NEGATIVE_INFINITY;
  let moving = false;
  let bad = 0;
  let held: { stick: Stick; timer: Timer } | null = null;
  let silence: Timer | null = null;

  function send(stick: Stick): void {
    held?.timer.cancel();
    held = null;
    sentMs = clock.monotonicMs();
    moving = stick.linear_mps !== 0 || stick.angular_radps !== 0;
    drive(stick.linear_mps, stick.angular_radps);
  }
  function letGo(): void {
    held?.timer.cancel();
    held = null;
    silence?.cancel();
    silence = null;
    if (moving) send({ linear_mps: 0, angular_radps: 0 });
  }
  function hold(stick: Stick, waitMs: number): void {
    held?.timer.cancel();
    held = { stick, timer: timers.after("joystick", waitMs, () => send(stick)) };
  }
  return {
    message(text) {
      const stick = parse(text);
      if (stick === null) return ++bad < maxBadJoystick;
      bad = 0;
      silence?.cancel();
      silence = timers.after("joystick silence", joystickSilenceMs, letGo);
      const waitMs = sentMs + joystickPeriodMs - clock.monotonicMs();
      const zero = stick.linear_mps === 0 && stick.angular_radps === 0;
      if (waitMs <= 0 || (zero && (moving || held !== null))) send(stick);
      else hold(stick, waitMs);
      return true;
    },
    close: letGo,
  };
}
