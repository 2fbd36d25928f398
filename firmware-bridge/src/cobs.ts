/** Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no zero inside, one at the end. */
export function cobsEncode(plain: Uint8Array): Uint8Array {
  const wire = new Uint8Array(plain.length + Math.floor(plain.length / 254) + 2);
  let codeAt = 0;
  let at = 1;
  for (const byte of plain) {
    // A run of 254 is full and stands for no zero; our frames never reach it.
    if (at - codeAt === 0xff) {
      wire[codeAt] = 0xff;
      codeAt = at++;
    }
    if (byte === 0) {
      wire[codeAt] = at - codeAt;
      codeAt = at++;
    } else {
      wire[at++] = byte;
    }
  }
  wire[codeAt] = at - codeAt;
  wire[at++] = 0;
  return wire.subarray(0, at);
}

/** The bytes between two zeros, unstuffed; null when the run lengths do not add up. */
export function cobsDecode(wire: Uint8Array): Uint8Array | null {
  const plain = new Uint8Array(wire.length);
  let at = 0;
  let run = wire[0] ?? 0;
  let used = 0;
  for (let i = 1; i < wire.length; i++) {
    used++;
    const byte = wire[i] ?? 0;
    if (used < run) {
      plain[at++] = byte;
    } else {
      if (run !== 0xff) plain[at++] = 0;
      run = byte;
      used = 0;
    }
  }
  return run !== 0 && used + 1 === run ? plain.subarray(0, at) : null;
}
