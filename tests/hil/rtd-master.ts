import {
  createFrameDecoder,
  encodeFrame,
  type Frame,
  type FrameOf,
} from "@timmy/firmware-bridge/frame-codec";
import type { FrameType, Payload } from "@timmy/firmware-bridge/payloads";
import { createSocketTransport } from "@timmy/firmware-bridge/socket";
import type { Transport } from "@timmy/firmware-bridge/transport";

/** A master that speaks frames by hand to a core in another process. */
export interface RtdMaster {
  send<T extends FrameType>(type: T, payload?: Partial<Payload<T>>): Frame;
  /** The next frame of a type that satisfies `want`, from now on. */
  next<T extends FrameType>(type: T, want?: (payload: Payload<T>) => boolean): Promise<FrameOf<T>>;
  /** Hello, nonce, arm; answers the ack's code. */
  arm(): Promise<number>;
  /** Keeps a set-point alive until the answer is called. */
  drive(linearMps: number): () => void;
  state(): FrameOf<"state">;
  /** The bytes of a frame that is numbered now and sent later. */
  encode<T extends FrameType>(type: T, payload?: Partial<Payload<T>>): Uint8Array;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
  close(): void;
}

const resendMs = 30;

export async function connectMaster(
  path: string,
  transport: Transport = createSocketTransport(path),
  session = 0x5151,
): Promise<RtdMaster> {
  const decoder = createFrameDecoder();
  const waiting = new Set<(frame: Frame) => void>();
  let seq = 0;
  let state: FrameOf<"state"> | null = null;
  const opened = Promise.withResolvers<void>();
  transport.listen({
    opened: opened.resolve,
    closed: () => opened.reject(new Error("the core closed the link")),
    bytes: (bytes) =>
      decoder.push(bytes, (frame) => {
        if (frame.type === "state") state = frame;
        for (const take of [...waiting]) take(frame);
      }),
  });
  transport.open();
  await opened.promise;

  function latest(): FrameOf<"state"> {
    if (state === null) throw new RangeError("no state frame yet");
    return state;
  }
  function number<T extends FrameType>(type: T, payload: Partial<Payload<T>> = {}): Frame {
    seq = (seq + 1) & 0xffff;
    const tick = state?.tick ?? 0;
    return { type, seq, tick, payload: { session, ...payload } } as unknown as Frame;
  }
  function send<T extends FrameType>(type: T, payload: Partial<Payload<T>> = {}): Frame {
    const frame = number(type, payload);
    transport.send(encodeFrame(frame));
    return frame;
  }
  function next<T extends FrameType>(type: T, want: (payload: Payload<T>) => boolean = () => true) {
    return new Promise<FrameOf<T>>((resolve) => {
      const take = (frame: Frame) => {
        if (frame.type !== type || !want(frame.payload as unknown as Payload<T>)) return;
        waiting.delete(take);
        resolve(frame as unknown as FrameOf<T>);
      };
      waiting.add(take);
    });
  }
  return {
    send,
    next,
    state: latest,
    async arm() {
      const hello = next("core-hello");
      send("hello");
      const { nonce } = (await hello).payload;
      const sent = next("ack", ({ of }) => of === 0x03);
      send("arm", { nonce });
      return (await sent).payload.code;
    },
    drive(linearMps) {
      const push = () => {
        const { generation } = latest().payload;
        send("set-point", { generation, linearMps, angularRadps: 0, ttlMs: 150 });
      };
      const timer = setInterval(push, resendMs);
      return () => clearInterval(timer);
    },
    encode: (type, payload) => encodeFrame(number(type, payload)),
    raw: (bytes) => transport.send(bytes),
    close: () => transport.close(),
  };
}
