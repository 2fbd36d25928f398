/**
 * Cuts a byte stream into lines; a line over the limit is skipped up to its end and reported as
 * null, so that a flood costs no memory.
 */
export function createLineReader(
  limitBytes: number,
  onLine: (line: string | null) => void,
): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const newline = 0x0a;
  function end(): void {
    const tooLong = bytes > limitBytes;
    const line = parts.map((part) => decoder.decode(part, { stream: true })).join("");
    const text = line + decoder.decode();
    parts = [];
    bytes = 0;
    if (tooLong) onLine(null);
    else if (text.trim() !== "") onLine(text);
  }
  function add(piece: Uint8Array): void {
    bytes += piece.length;
    if (bytes <= limitBytes) parts.push(piece);
    else parts = [];
  }
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at));
      end();
      from = at + 1;
    }
    add(chunk.subarray(from));
  };
}
