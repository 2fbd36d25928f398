/** Calls of one client under way at once; more are refused as `rate-limited`. A stop never is. */
export const maxCallsUnderWay = 8;
/** Calls of one client within a window; a loop that asks without end is slowed down. */
export const maxCallsInWindow = 120;
export const callWindowMs = 60_000;
/** Milliseconds that reading may take. */
export const readMs = 10_000;
/** Milliseconds that a proposal may take: below the minute after which most clients give up. */
export const proposeMs = 50_000;
/** Milliseconds that a body gets beyond its own deadline before it is given up here. */
export const graceMs = 1000;
/** Milliseconds that a motion may take once the owner allowed it. */
export const motionMs = 180_000;
/** Memories of one answer, and what is asked for when nothing is said. */
export const maxRecalled = 20;
export const usuallyRecalled = 5;
/** Characters of one memory's text in an answer, and of its key. */
export const maxMemoryChars = 1000;
export const maxKeyChars = 200;
/** Characters of a query, and of a task to be quoted. */
export const maxQueryChars = 2000;
/** Characters of a sentence in an answer, and of a name. */
export const maxSentenceChars = 400;
export const maxNameChars = 64;
/** Decisions in an answer, steps of one, and entries of any other list in it. */
export const shownDecisions = 10;
export const shownSteps = 4;
export const maxListed = 16;
/** Characters of why something is proposed, and of its texts; together below 2,000. */
export const maxWhyChars = 500;
export const maxSpeechChars = 500;
export const maxTextChars = 1000;
/** Strangers' texts that are remembered as read by this client, the oldest is dropped; and of each. */
export const maxRead = 32;
export const maxReadChars = 100;
/** Bytes of one message of a client; a longer one ends the connection. */
export const maxMessageBytes = 4_194_304;
