/** The USB flashing format of the RP2040's boot ROM: 512-byte blocks of 256 bytes of flash each. */
const blockBytes = 512;
const pieceBytes = 256;
const firstMagic = 0x0a32_4655;
const secondMagic = 0x9e5d_5157;
const lastMagic = 0x0ab1_6f30;
const familyFlag = 0x2000;
const rp2040Family = 0xe48b_ff56;

/** Blocks for an image that begins at a flash address; its last piece is filled with zeros. */
export function encodeUf2(image: Uint8Array, address: number): Uint8Array {
  const blocks = Math.ceil(image.length / pieceBytes);
  const uf2 = new Uint8Array(blocks * blockBytes);
  for (let k = 0; k < blocks; k++) {
    const view = new DataView(uf2.buffer, k * blockBytes, blockBytes);
    const words = [firstMagic, secondMagic, familyFlag, address + k * pieceBytes, pieceBytes];
    [...words, k, blocks, rp2040Family].forEach((word, at) => {
      view.setUint32(at * 4, word, true);
    });
    view.setUint32(blockBytes - 4, lastMagic, true);
    uf2.set(image.subarray(k * pieceBytes, (k + 1) * pieceBytes), k * blockBytes + 32);
  }
  return uf2;
}

/** The pieces of a UF2 file; null when it is none for this chip. */
export function decodeUf2(uf2: Uint8Array): { address: number; bytes: Uint8Array }[] | null {
  if (uf2.length === 0 || uf2.length % blockBytes !== 0) return null;
  const pieces = [];
  for (let start = 0; start < uf2.length; start += blockBytes) {
    const view = new DataView(uf2.buffer, uf2.byteOffset + start, blockBytes);
    const word = (at: number) => view.getUint32(at, true);
    const framed = word(0) === firstMagic && word(4) === secondMagic;
    const ended = word(blockBytes - 4) === lastMagic && word(28) === rp2040Family;
    if (!framed || !ended || word(16) > pieceBytes) return null;
    pieces.push({ address: word(12), bytes: uf2.slice(start + 32, start + 32 + word(16)) });
  }
  return pieces;
}

/** CRC-32 as the boot ROM checks it (datasheet 2.8.1.3.1): 0x04c11db7, all ones, not reflected. */
export function bootCrc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  }
  return crc >>> 0;
}
