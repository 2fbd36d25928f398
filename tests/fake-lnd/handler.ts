import type { Fault } from "./faults.ts";
import type { Refusal } from "./refusal.ts";

/** What a handler knows of its call beside the request. */
export interface Call {
  readonly fault: Fault;
  /** Cuts all connections, as if the process of lnd were killed at this point. */
  readonly kill: () => void;
}
/** The answering half of a stream. */
export interface Sink {
  send(message: object): void;
  fail(refusal: Refusal): void;
  end(): void;
  /** Called once when the stream is over, by whoever ended it. */
  onGone(run: () => void): void;
}
/** Methods instead of function types: a handler may name the fields that it reads. */
export interface UnaryHandler {
  run(request: object, call: Call): object;
}
export interface StreamHandler {
  run(request: object, sink: Sink, call: Call): void;
}
export interface Handlers {
  readonly unary: Readonly<Record<string, UnaryHandler["run"]>>;
  readonly streams: Readonly<Record<string, StreamHandler["run"]>>;
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const bytesOf = (hex: string): Buffer => Buffer.from(hex, "hex");
/** A 64-bit field as proto-loader wants it. */
export const digits = (value: bigint): string => value.toString();
export const satOf = (amountMsat: bigint): string => (amountMsat / 1000n).toString();
