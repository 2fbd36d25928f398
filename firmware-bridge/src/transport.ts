/** Bytes to and from a core, over whatever wire. It opens once per call and never retries. */
export interface Transport {
  /** Starts to open; `opened` or `closed` follows. While open or opening it does nothing. */
  open(): void;
  /** Closes; `closed` is told only when the other side or the wire did it. Idempotent. */
  close(): void;
  /** Sends now, or drops: old motion must not wait in a queue. */
  send(bytes: Uint8Array): void;
  /** The one listener; a later call replaces it. */
  listen(listener: TransportListener): void;
}

export interface TransportListener {
  opened(): void;
  closed(): void;
  bytes(bytes: Uint8Array): void;
}
