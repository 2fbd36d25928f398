import type { ErrorCode } from "../errors.ts";

/** Why a state file is not taken: where it went wrong, and one sentence for a person. */
export interface StateRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
  /** header, footer, a section's name, or file for what is about all of it. */
  readonly section: string;
  /** From 1; of a section whose hash is wrong, its first. */
  readonly line: number;
  readonly sentence: string;
}

export function refuseState(
  section: string,
  line: number,
  why: string,
  code: ErrorCode = "state-refused",
): StateRefusal {
  return { ok: false, code, section, line, sentence: `In ${section}, line ${line}: ${why}.` };
}
