import { cobsDecode, cobsEncode } from "./cobs.ts";
import { maxWireBytes } from "./limits.ts";
import {
  type FrameType,
  type Payload,
  readPayload,
  shapeOf,
  shapeOfCode,
  writePayload,
} from "./payloads.ts";

/** ver u8 | type u8 | seq u16 | tick u32 | payload | CRC-16/CCITT, little endian. */
const version = 1;
const headerBytes = 8;

/** A frame of any type, told apart by `type`. */
export type Frame = {
  [T in FrameType]: {
    readonly type: T;
    readonly seq: number;
    readonly tick: number;
    readonly payload: Payload<T>;
  };
}[FrameType];
export type FrameOf<T extends FrameType> = Extract<Frame, { type: T }>;

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff, not reflected. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    let x = ((crc >> 8) ^ byte) & 0xff;
    x ^= x >> 4;
    crc = ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x) & 0xffff;
  }
  return crc;
}

/** The bytes of a frame as they go on the wire, with the closing zero. */
export function encodeFrame(frame: Frame): Uint8Array {
  const shape = shapeOf(frame.type);
  const plain = new Uint8Array(headerBytes + shape.bytes + 2);
  const view = new DataView(plain.buffer);
  view.setUint8(0, version);
  view.setUint8(1, shape.code);
  view.setUint16(2, frame.seq, true);
  view.setUint32(4, frame.tick, true);
  writePayload(view, headerBytes, shape, frame.payload);
  const body = headerBytes + shape.bytes;
  view.setUint16(body, crc16(plain.subarray(0, body)), true);
  return cobsEncode(plain);
}

/** One frame from the bytes between two zeros; null when they are none. */
export function decodeFrame(wire: Uint8Array): Frame | null {
  const plain = cobsDecode(wire);
  if (plain === null || plain.length < headerBytes + 2) return null;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const shape = shapeOfCode(view.getUint8(1));
  if (view.getUint8(0) !== version || shape === undefined) return null;
  const body = headerBytes + shape.bytes;
  if (plain.length !== body + 2) return null;
  if (view.getUint16(body, true) !== crc16(plain.subarray(0, body))) return null;
  return {
    type: shape.type,
    seq: view.getUint16(2, true),
    tick: view.getUint32(4, true),
    payload: readPayload(view, headerBytes, shape),
  } as Frame;
}

export interface FrameDecoder {
  /** Takes bytes in any pieces and hands on each good frame. Never throws of itself. */
  push(bytes: Uint8Array, deliver: (frame: Frame) => void): void;
  /** Pieces between zeros that were no frame. */
  bad(): number;
}

export function createFrameDecoder(): FrameDecoder {
  const held = new Uint8Array(maxWireBytes);
  let length = 0;
  let overflowed = false;
  let bad = 0;

  function close(deliver: (frame: Frame) => void): void {
    // Zeros in a row are an idle line, not damage.
    if (length === 0) return;
    const frame = overflowed ? null : decodeFrame(held.subarray(0, length));
    length = 0;
    overflowed = false;
    if (frame === null) bad++;
    else deliver(frame);
  }
  return {
    push(bytes, deliver) {
      for (const byte of bytes) {
        if (byte === 0) close(deliver);
        else if (length < maxWireBytes) held[length++] = byte;
        else overflowed = true;
      }
    },
    bad: () => bad,
  };
}
