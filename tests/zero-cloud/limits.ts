/** Bounds of what a run of zero-cloud keeps, waits for and prints. */
export const limits = {
  /** Packets that are kept for the report; the capture's file has all. */
  packets: 2000,
  /** Senders that are looked up while the tests run; each look-up reads all of /proc. */
  senders: 50,
  ancestors: 4,
  commandChars: 160,
  /** How long tcpdump may take to listen, to hear a probe, to end. */
  captureMs: 10_000,
  /** A test file's hooks may run so long before its first test, as the report of vitest has it. */
  hooksMs: 60_000,
  attemptsShown: 40,
  filesNamed: 4,
} as const;
