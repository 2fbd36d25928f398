import { stateLimits } from "@timmy/shared/state/limits";

export interface FileLine {
  /** Without its newline. */
  readonly bytes: Buffer;
  /** False for a last line without a newline. */
  readonly ended: boolean;
}

export type LineBatch = readonly FileLine[] | "line-too-long" | "file-too-long";

const newline = 0x0a;

/** Cuts bytes into lines, a batch for each piece; stops at the limits, whatever is still to come. */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<LineBatch> {
  let rest = Buffer.alloc(0);
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > stateLimits.fileBytes) {
      yield "file-too-long";
      return;
    }
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    const lines: FileLine[] = [];
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(newline, start);
      if (end === -1 || end - start > stateLimits.lineBytes) break;
      lines.push({ bytes: bytes.subarray(start, end), ended: true });
      start = end + 1;
    }
    rest = bytes.subarray(start);
    yield lines;
    const next = rest.indexOf(newline);
    if ((next === -1 ? rest.length : next) > stateLimits.lineBytes) {
      yield "line-too-long";
      return;
    }
  }
  if (rest.length > 0) yield [{ bytes: rest, ended: false }];
}
