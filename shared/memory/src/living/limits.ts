/**
 * Milliseconds that a claim of an epoch is good for; of silence before an epoch is taken (a tenth more
 * than that, for clocks that differ); between two claims; between two looks.
 */
export const claimHoldMs = 2500;
export const claimWaitMs = 2750;
export const claimRenewMs = 500;
export const claimTickMs = 100;
/**
 * Milliseconds between wall and monotonic clock that show that the machine slept: less than lies between
 * holding a claim and waiting for it to end, so that no sleep that goes unnoticed makes two holders.
 */
export const sleptMs = 200;
/** Milliseconds after which a store that another process holds is written again. */
export const writeAgainMs = 500;

/** Milliseconds in which a call must reach the body, and in which its answer is awaited. */
export const callAdmitMs = 10_000;
export const callAnswerMs = 10_000;
/** Milliseconds for which a refusal that anybody could make waits for a sealed answer. */
export const unprovenMs = 1000;
/** Calls that wait for their answers, and those that one body answers, at once. */
export const maxCalls = 32;
/** Ids of calls that are remembered until their deadline, so that none is done twice. */
export const rememberedCalls = 4096;
/** Characters of JSON in one piece of an answer, and pieces of one answer. */
export const answerPieceChars = 36_000;
export const maxAnswerPieces = 64;

/** Bytes of one piece of a state on its way. */
export const pieceBytes = 24_000;
/** Times that a piece is sent before the move is given up. */
export const pieceTries = 4;
/** Milliseconds that the other body may take to verify and take a state over. */
export const takeAnswerMs = 300_000;
/** Milliseconds between two questions whether it has. */
export const askAgainMs = 1000;
/** Milliseconds that a move waits for the other body to say that it lives. */
export const handoverWaitMs = 10_000;
/** Milliseconds after which a proposal that goes on is answered. */
export const proposalAnswerMs = 3000;
/** Milliseconds for which a proposal waits for a body to be sure: it is refused before it is called begun. */
export const proposalSettleMs = 2800;
/** Forgotten memories that can be brought back while the process lives. */
export const keptForgotten = 32;
/** Decisions that are read back from the effect log, in entries. */
export const readEffects = 400;
