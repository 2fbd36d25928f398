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

/** Text of a file for a line on a terminal: whoever wrote it does not move the reader's cursor. */
export const plainText = (text: string): string => text.replace(/\p{C}/gu, " ");

export function refuseState(
  section: string,
  line: number,
  why: string,
  code: ErrorCode = "state-refused",
): StateRefusal {
  const sentence = plainText(`In ${section}, line ${line}: ${why}.`);
  return { ok: false, code, section: plainText(section), line, sentence };
}
