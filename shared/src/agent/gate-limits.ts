/** What the gate lets through at most; the robot's own envelope is tighter and checks again. */
export const gateLimits = {
  /** Metres of one free move, in each direction. */
  moveM: 10,
  headingRad: 7,
  deadlineMs: 600_000,
  sleepMs: 24 * 3_600_000,
  idChars: 64,
  speechChars: 500,
  textChars: 12_000,
  keyChars: 200,
  memoryChars: 20_000,
  topicChars: 128,
  recipientChars: 128,
  toolNameChars: 64,
  toolFields: 16,
  toolFieldChars: 4_000,
  /** How long the owner has to confirm, and how many proposals wait for him at once. */
  confirmMs: 120_000,
  openConfirmations: 8,
  /** Of those, how many a stranger's words may take. */
  strangersConfirmations: 4,
  usedConfirmations: 1_000,
  /** Characters of earlier output that are scanned together with the next. */
  outputTailChars: 2_000,
  /** Encodings inside of encodings that the scan for secrets opens. */
  scanDepth: 3,
  /** Decoded texts that one scan looks at. */
  scanTexts: 400,
} as const;
