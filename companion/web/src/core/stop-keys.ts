import { escapeHoldMs } from "../limits.ts";

/** Keys that stop: Space unless a text field has the focus, and Escape held anywhere. */
export interface StopKeys {
  /** Since when Escape is down, or null. */
  readonly escapeMs: number | null;
}

export type StopKeyInput =
  | {
      readonly type: "down";
      readonly key: string;
      readonly inTextField: boolean;
      readonly withModifier: boolean;
      readonly repeat: boolean;
      readonly nowMs: number;
    }
  | { readonly type: "up"; readonly key: string }
  | { readonly type: "tick"; readonly nowMs: number }
  /** The page lost the focus: no key counts as held any more. */
  | { readonly type: "blur" };

export interface StopKeyStep {
  readonly keys: StopKeys;
  readonly stop: boolean;
  /** The key must do nothing else (Space on a focused button would press it). */
  readonly swallow: boolean;
}

export const idleStopKeys: StopKeys = { escapeMs: null };

export function stepStopKeys(keys: StopKeys, input: StopKeyInput): StopKeyStep {
  const nothing: StopKeyStep = { keys, stop: false, swallow: false };
  switch (input.type) {
    case "down":
      if (input.key === " " && !input.inTextField && !input.withModifier) {
        return { keys, stop: !input.repeat, swallow: true };
      }
      if (input.key !== "Escape" || input.repeat || keys.escapeMs !== null) return nothing;
      return { ...nothing, keys: { escapeMs: input.nowMs } };
    case "up":
      return input.key === "Escape" ? { ...nothing, keys: idleStopKeys } : nothing;
    case "tick":
      if (keys.escapeMs === null || input.nowMs - keys.escapeMs < escapeHoldMs) return nothing;
      return { keys: idleStopKeys, stop: true, swallow: false };
    case "blur":
      return { ...nothing, keys: idleStopKeys };
    default:
      return input satisfies never;
  }
}
