import { createFrameDecoder, encodeFrame, type Frame } from "@timmy/firmware-bridge/frame-codec";
import type { HilHost, HilInputs, HilOutputs, HilTick } from "./hil-host.ts";

/** A wire to a core in HIL mode: a serial line, a socket, an emulated UART, a core in memory. */
export interface HilWire {
  readonly name: string;
  write(bytes: Uint8Array): void;
  /** The next bytes from the core; rejects when none come for too long, or when it is closed. */
  read(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The core's receive ring holds 1,024 bytes; what is on the way must fit. */
const maxUnanswered = 900;
const feedBytes = 32;
const maxFeeds = 15;
const restartFlag = 0x80;
const none = new Uint8Array(0);

function flagsOf(inputs: HilInputs): number {
  return (inputs.bumperLeft ? 1 : 0) | (inputs.bumperRight ? 2 : 0) | (inputs.estopOpen ? 4 : 0);
}

function feedFrame(bytes: Uint8Array): Frame {
  const padded = new DataView(new ArrayBuffer(feedBytes));
  for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte);
  const words = Array.from({ length: feedBytes / 4 }, (_, k) => [
    `word${k}`,
    padded.getUint32(k * 4, true),
  ]);
  const payload = { count: bytes.length, ...Object.fromEntries(words) };
  return { type: "feed", seq: 0, tick: 0, payload } as Frame;
}

function stepFrame(tick: number, flags: number, inputs: HilInputs): Frame {
  const { leftCounts, rightCounts, gyroRadps, frontUs, leftUs, rightUs, batteryMv } = inputs;
  const pins = { leftCounts, rightCounts, gyroRadps, frontUs, leftUs, rightUs, batteryMv };
  return { type: "step", seq: 0, tick, payload: { ...pins, flags: flags | flagsOf(inputs) } };
}

function outputsOf(frame: Frame & { type: "stepped" }, bytes: Uint8Array): HilOutputs {
  const { tier: _tier, enable, ...pins } = frame.payload;
  return { tick: frame.tick, ...pins, enable: enable === 1, bytes };
}

/** What goes out at once: bytes, and whether their answer is a tick or only says "taken". */
interface Piece {
  readonly bytes: Uint8Array;
  readonly ticks: boolean;
}

/** Cuts a tick into pieces that the ring holds; all but the last ask for a sign that they came. */
function piecesOf(step: HilTick, tick: number, flags: number): Piece[] {
  const pieces: Piece[] = [];
  let frames: Uint8Array[] = flags === 0 ? [] : [Uint8Array.of(0)];
  for (let at = 0; at < step.bytes.length; at += feedBytes) {
    if (frames.length === maxFeeds) {
      // A step that names another tick than the core's is answered, and moves nothing.
      frames.push(encodeFrame(stepFrame((tick - 1) >>> 0, 0, step.inputs)));
      pieces.push({ bytes: Buffer.concat(frames), ticks: false });
      frames = [];
    }
    frames.push(encodeFrame(feedFrame(step.bytes.subarray(at, at + feedBytes))));
  }
  frames.push(encodeFrame(stepFrame(tick, flags, step.inputs)));
  pieces.push({ bytes: Buffer.concat(frames), ticks: true });
  return pieces;
}

/** Drives a core through step and feed frames, with as many on the way as its ring holds. */
export function createFrameHost(wire: HilWire): HilHost {
  const decoder = createFrameDecoder();
  let restart: { tick: number; tier: number } | null = { tick: 0, tier: 3 };
  let tick = 0;

  function nextPieces(step: HilTick): Piece[] {
    let flags = 0;
    if (restart !== null) {
      if (step.bytes.length > 0)
        throw new RangeError("the first tick after reset carries no bytes");
      tick = restart.tick;
      flags = restartFlag | (restart.tier << 4);
      restart = null;
    }
    const pieces = piecesOf(step, tick, flags);
    tick = (tick + 1) >>> 0;
    return pieces;
  }

  return {
    name: wire.name,
    reset(startTick, tier) {
      restart = { tick: startTick, tier };
    },
    async run(ticks) {
      const outputs: HilOutputs[] = [];
      const said: Frame[] = [];
      const onTheWay: Piece[] = [];
      let unanswered = 0;
      let waiting: Piece[] = [];
      let next = 0;
      function take(frame: Frame): void {
        if (frame.type !== "stepped") {
          said.push(frame);
          return;
        }
        const piece = onTheWay.shift();
        unanswered -= piece?.bytes.length ?? 0;
        if (piece?.ticks !== true) return;
        // Words from before HIL mode may still be on the line; they carry another tick.
        const words = said.splice(0).filter((word) => word.tick === frame.tick);
        const bytes = words.length === 0 ? none : Buffer.concat(words.map(encodeFrame));
        outputs.push(outputsOf(frame, bytes));
      }
      function writeWhatFits(): void {
        for (;;) {
          const step = ticks[next];
          if (waiting.length === 0 && step !== undefined) {
            waiting = nextPieces(step);
            next++;
          }
          const piece = waiting[0];
          if (piece === undefined) return;
          if (unanswered > 0 && unanswered + piece.bytes.length > maxUnanswered) return;
          wire.write(piece.bytes);
          waiting.shift();
          onTheWay.push(piece);
          unanswered += piece.bytes.length;
        }
      }
      while (outputs.length < ticks.length) {
        writeWhatFits();
        decoder.push(await wire.read(), take);
      }
      return outputs;
    },
    close: () => wire.close(),
  };
}
