/** Makes vectors of texts; near in meaning is near in direction. */
export interface Embedder {
  /**
   * Which model answers, to the last detail: under another name all vectors are made anew. Rejects
   * with a TimmyError when there is none that may be used.
   */
  identify(signal: AbortSignal): Promise<string>;
  /**
   * One vector for each text, all of one length, finite and not zero. A question is embedded to be
   * near to its answers. Rejects with a TimmyError on every fault.
   */
  embed(
    texts: readonly string[],
    kind: "memory" | "question",
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]>;
}
