/** Nesting of one JSON value: deeper ones are refused instead of filling the stack. */
export const depthLimit = 32;

/*
 * What one state file may hold; for the writer the same as for the reader, and for each record the
 * same as in the store (shared/memory/src/limits.ts; a test compares them).
 */
export const stateLimits = {
  /** Numbers that are raised one by one: so far below what counts exactly that they can go on. */
  count: 2 ** 48,
  /** Milliseconds before and after 1970 that a date can be (ECMAScript, 21.4.1.1). */
  timeMs: 8.64e15,
  /** A fact of 20,000 characters that are all escaped, with its unknown fields, is shorter. */
  lineBytes: 256 * 1024,
  fileBytes: 4 * 1024 * 1024 * 1024,
  /** Facts and episodes together. */
  memories: 2_000_000,
  keyChars: 200,
  textChars: 20_000,
  whoChars: 200,
  tagChars: 60,
  tags: 16,
  nameChars: 60,
  agentNameChars: 60,
  blocks: 8,
  blockChars: 2_000,
  preferences: 200,
  preferenceChars: 2_000,
  blobs: 10_000,
  blobBytes: 8 * 1024 * 1024,
  blobTotalBytes: 1024 * 1024 * 1024,
  /** Of a blob in one line, before base64. */
  chunkBytes: 48 * 1024,
  lineage: 10_000,
  lineageChars: 2_000,
  capabilities: 64,
  policyRules: 64,
  redactions: 64,
  /** Fields of one record that this version does not know, as JSON. */
  extraChars: 20_000,
  /** Sections that this version does not know, and the characters of each. */
  unknownSections: 16,
  unknownSectionChars: 4 * 1024 * 1024,
} as const;
