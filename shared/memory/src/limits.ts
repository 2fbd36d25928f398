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
/** Words of a query that are looked for, the rarest. */
export const rareWords = 12;
/**
 * Memories that are read for all words of a query together, counted once for each word: as a share of
 * all, between a floor and a ceiling. The rarest words come first; those that no longer fit are left.
 */
export const postingsShare = 0.5;
export const postingsFloor = 20_000;
export const postingsCeiling = 500_000;
/** Of those, the ones with the heaviest words that BM25 ranks, and all that weigh as much. */
export const rankedRows = 256;
/** At most this share of the postings; more that weigh the same are told apart by time alone. */
export const rankedShare = 0.25;
/** Newest memories that are looked at when a query has only words that stand everywhere. */
export const newestRows = 1_000;
export const newestChars = 500_000;
/** Memories that have a vector, the newest: a query compares with each of them. */
export const vectorCount = 200_000;
/** Characters of a memory or a question that a vector is made of. */
export const vectorChars = 2_000;
/** Memories that are looked at in one go, and texts that are embedded in one call. */
export const vectorPageRows = 500;
export const vectorBatch = 16;
/** Texts that are embedded before the caller is asked again. */
export const vectorTextsPerTurn = 256;
/** Times that the model may fail at the same texts before they are left out for once. */
export const vectorTries = 3;
/** Questions whose vectors are kept. */
export const vectorQuestions = 64;
/** Vectors that are compared in full: so many for each that is asked for, and at least and at most. */
export const vectorCoarse = 8;
export const vectorCoarseLeast = 200;
export const vectorCoarseMost = 4_096;

/** A time in ms before or after 1970, and the most that something is counted up to. */
export const timeMs = 8.64e15;
export const countMost = 2 ** 48;

/** Episodes whose raised access counts wait for the next write. */
export const waitingTouches = 256;

/** Characters of one effect's canonical JSON. */
export const effectChars = 32_000;
/** Effects that are kept; the oldest segment above it is sealed by its last hash and dropped. */
export const effectCount = 100_000;
export const effectSegment = 10_000;
