import { createFrameDecoder, type Frame } from "@timmy/firmware-bridge/frame-codec";
import { shapeOfCode } from "@timmy/firmware-bridge/payloads";
import { ackCodes } from "@timmy/firmware-bridge/vocabulary";

const codeNames = Object.keys(ackCodes);
const news = ["none", "stopping", "stopped", "unconfirmed"];
const outcomes = ["done", "no room", "left box", "interrupted", "too fast", "no fit"];

function wordsOf(frame: Frame): string | null {
  if (frame.type === "ack") {
    const { of, code, detail } = frame.payload;
    const what = `${shapeOfCode(of)?.type ?? of} ${codeNames[code] ?? code}`;
    return detail === 0 ? what : `${what} ${detail}`;
  }
  if (frame.type === "event") return `event ${news[frame.payload.news] ?? frame.payload.news}`;
  if (frame.type === "param") {
    const { id, code, value } = frame.payload;
    return `param ${id} ${codeNames[code] ?? code} ${Number(value.toPrecision(4))}`;
  }
  if (frame.type === "tuned") return `tuned ${outcomes[frame.payload.outcome] ?? "?"}`;
  return null;
}

/** The answers and events among bytes of the core's link, as words that a person reads. */
export function answersIn(bytes: Uint8Array): string[] {
  const words: string[] = [];
  createFrameDecoder().push(bytes, (frame) => {
    const said = wordsOf(frame);
    if (said !== null) words.push(said);
  });
  return words;
}
