import type { DriveInput, DriveKey } from "../core/drive-input.ts";
import { driveKeyOf, noDrive } from "../core/drive-input.ts";
import type { StopKeyInput } from "../core/stop-keys.ts";
import { idleStopKeys, stepStopKeys } from "../core/stop-keys.ts";
import { escapeHoldMs } from "../limits.ts";

export interface KeyboardPorts {
  readonly target: Window;
  readonly nowMs: () => number;
  readonly afterMs: (delayMs: number, run: () => void) => void;
  readonly stop: () => void;
  /** Whether the hand drive is switched on; only then do keys move anything. */
  readonly driveIsOn: () => boolean;
  readonly drive: (input: DriveInput) => void;
}

const textTypes = new Set(["text", "search", "email", "url", "tel", "password", "number"]);

function isTextField(element: Element | null): boolean {
  if (element instanceof HTMLInputElement) return textTypes.has(element.type);
  return element instanceof HTMLTextAreaElement;
}

/** A timer may fire a little early; a hold must not be missed for that. */
const timerSlackMs = 20;

/** Listens before everything else on the page, so that no widget can keep a stop to itself. */
export function startKeyboard(ports: KeyboardPorts): void {
  const { target, nowMs } = ports;
  let keys = idleStopKeys;
  let driving: ReadonlySet<DriveKey> = new Set();

  function feed(input: StopKeyInput): boolean {
    const step = stepStopKeys(keys, input);
    keys = step.keys;
    if (step.stop) ports.stop();
    return step.swallow;
  }
  function hold(next: ReadonlySet<DriveKey>): void {
    driving = next;
    ports.drive(next.size === 0 ? noDrive : { keys: next, stick: null });
  }
  function onDown(event: KeyboardEvent): void {
    const inTextField = isTextField(target.document.activeElement);
    const { key, repeat } = event;
    const withModifier = event.ctrlKey || event.altKey || event.metaKey;
    const downMs = nowMs();
    if (feed({ type: "down", key, inTextField, withModifier, repeat, nowMs: downMs })) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (key === "Escape" && !repeat) {
      ports.afterMs(escapeHoldMs + timerSlackMs, () => feed({ type: "tick", nowMs: nowMs() }));
    }
    const driveKey = driveKeyOf(key);
    if (driveKey === null || inTextField || withModifier || !ports.driveIsOn()) return;
    event.preventDefault();
    if (!driving.has(driveKey)) hold(new Set([...driving, driveKey]));
  }
  function onUp(event: KeyboardEvent): void {
    feed({ type: "up", key: event.key });
    // A focused button is pressed when Space goes up.
    if (event.key === " " && !isTextField(target.document.activeElement)) event.preventDefault();
    const driveKey = driveKeyOf(event.key);
    if (driveKey !== null && driving.has(driveKey)) {
      hold(new Set([...driving].filter((one) => one !== driveKey)));
    }
  }
  function onBlur(): void {
    feed({ type: "blur" });
    if (driving.size > 0) hold(new Set());
  }
  target.addEventListener("keydown", onDown, { capture: true });
  target.addEventListener("keyup", onUp, { capture: true });
  target.addEventListener("blur", onBlur);
  target.document.addEventListener("visibilitychange", onBlur);
}
