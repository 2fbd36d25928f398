/** Milliseconds that a write waits for another process: nobody waits long in a robot. */
export const busyTimeoutMs = 50;

/** Characters (UTF-16 units) of one fact's key, of a fact's value or an episode, of a sender. */
export const keyChars = 200;
export const textChars = 20_000;
export const whoChars = 200;
export const tagChars = 60;
export const tagsPerEpisode = 16;
/** Facts and episodes together. */
export const memoryCount = 2_000_000;

export const agentNameChars = 60;
export const coreBlockCount = 8;
export const coreBlockChars = 2_000;
export const preferenceCount = 200;
export const preferenceChars = 2_000;
/** Characters of the name of a core block, a preference or a document. */
export const nameChars = 60;
export const blobBytes = 8 * 1024 * 1024;
export const blobCount = 10_000;
/** Bytes of all blobs together. */
export const blobTotalBytes = 1024 * 1024 * 1024;
export const lineageCount = 10_000;
export const lineageChars = 2_000;
/** Texts that travel with the agent and that only the state file reads. */
export const documentCount = 64;
export const documentChars = 4 * 1024 * 1024;
/** Characters of the fields of one record that a newer version wrote and this one does not know. */
export const extraChars = 20_000;

/** Rows of one page of facts, episodes or effects. */
export const pageRows = 1_000;

/** Of a longer query only the beginning is read. */
export const queryChars = 4_000;
/** Different words of a query that are looked at. */
export const queryWords = 32;
export const foundRows = 100;
/** BM25 reads the doclists of this many words, the rarest. */
export const rareWords = 4;
/** A word in more than this share of the memories, and in more than the floor, is not rare. */
export const rareShare = 0.02;
export const rareFloor = 1_000;
/** Newest memories that are compared when a query has no rare word. */
export const commonCandidates = 1_000;
/** Episodes whose raised access counts wait for the next write. */
export const waitingTouches = 256;

/** Characters of one effect's canonical JSON. */
export const effectChars = 32_000;
/** Effects that are kept; the oldest segment above it is sealed by its last hash and dropped. */
export const effectCount = 100_000;
export const effectSegment = 10_000;
