import type { FileLine } from "@timmy/memory/state/file-lines";
import { createStateChecker, type VerifiedState } from "@timmy/memory/state/verify-state";
import { stateLimits } from "@timmy/shared/state/limits";
import { refuseState, type StateRefusal } from "@timmy/shared/state/refusal";

function* linesOf(file: Buffer): Generator<FileLine> {
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf("\n", start);
    const ended = end !== -1;
    yield { bytes: file.subarray(start, ended ? end : file.length), ended };
    start = ended ? end + 1 : file.length;
  }
}

/** The whole check of a plain file in one go, for the hundred thousand of them. */
export function checkBytes(file: Buffer): VerifiedState | StateRefusal {
  const checker = createStateChecker({ keyAllowed: false });
  for (const line of linesOf(file)) {
    if (line.bytes.length > stateLimits.lineBytes) return refuseState("file", 1, "too long");
    const read = checker.line(line);
    if (!read.ok) return read;
  }
  return checker.end();
}

/** Section and number of each line of a whole file. */
export function placesOf(file: Buffer): readonly { section: string; start: number; end: number }[] {
  let start = 0;
  return file
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((text) => {
      const json = JSON.parse(text) as { section?: string; kind?: string };
      const place = { section: json.section ?? json.kind ?? "", start, end: 0 };
      start += Buffer.byteLength(text) + 1;
      place.end = start;
      return place;
    });
}
