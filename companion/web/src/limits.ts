/** Milliseconds without a word from the companion after which the page says "disconnected". */
export const silenceMs = 850;
/** Milliseconds between two looks at that silence. */
export const silenceCheckMs = 50;
/** Milliseconds before a broken event stream is opened again. */
export const reconnectMs = 1000;
/** A retained state is refreshed every 10 s; older than this, it is stale. */
export const staleMs = 12_000;
/** Milliseconds that taking a new session may take. */
export const renewMs = 2000;
/** Milliseconds that Escape has to be held to stop. */
export const escapeHoldMs = 400;
/** Milliseconds within which a reset has to be confirmed. */
export const resetConfirmMs = 5000;
/** Milliseconds without a measured answer after which a stop that was sent counts as unconfirmed. */
export const stopAnswerMs = 3000;
/** Milliseconds that one request may take; the companion gives a mind 12 s to think. */
export const requestMs = 15_000;
/** Milliseconds that one attempt to stop may take (the companion waits 5 s), and the pause after. */
export const stopAttemptMs = 6000;
export const stopRetryMs = 500;
/** Attempts to send one stop; every attempt that fails is said at once. */
export const stopAttempts = 20;
/** Milliseconds between two set-points while the robot is driven by hand. */
export const drivePeriodMs = 100;
/** The turn rate of the hand drive, rad/s; the robot's own limit is 1.5. */
export const driveTurnRadps = 1.5;
/** The share of the allowed speed that the keys ask for; the pad reaches all of it. */
export const driveKeyShare = 0.6;
/** Items that the conversation keeps; the oldest is forgotten. */
export const keptItems = 200;
/** Points of the driven way that are kept, and the step between two of them. */
export const keptTrailPoints = 3000;
export const trailStepM = 0.03;
/** A pose that jumps further than this was corrected, not driven. */
export const jumpM = 0.6;
/** Characters of one instruction (the robot refuses more than 500). */
export const instructionChars = 500;
/** Entries of the journal that the page keeps, and that one page of it holds. */
export const keptJournals = 500;
export const journalsPage = 20;
/** Payments and days of earnings that are asked for. */
export const paymentsPage = 50;
export const earningDays = 30;
/** Agents with a pattern of their own in the plot; more are drawn together. */
export const plotSeries = 4;
/** Auctions that are shown. */
export const shownAuctions = 10;
/** Characters of a memo and of a reason, as the companion takes them. */
export const memoChars = 500;
export const whyChars = 500;
/** Bytes of a file that is chosen in the wizard; a certificate and a macaroon are far smaller. */
export const maxFileBytes = 8000;
/** Characters of a passphrase for the vault; what is shorter is guessed. */
export const leastPassphrase = 8;
/** Alarms that stand open at the top; older ones are folded away. */
export const loudAlarms = 2;
/** Milliseconds after which a date says more than an age. */
export const longAgoMs = 172_800_000;
/** Milliseconds that a move of the agent may take before the page says that it got no answer. */
export const moveMs = 180_000;
/** Turns of the chat that the page keeps, and characters of one; the companion takes as many. */
export const keptChatTurns = 50;
export const chatChars = 2000;
/** Characters of a line of the chat's stream that is not whole yet. */
export const maxChatLine = 1_000_000;
/** Memories that are asked for at once, by a search, and that the page keeps. */
export const memoriesPage = 10;
export const memoriesFound = 20;
export const keptMemories = 400;
/** Milliseconds for which what was forgotten can be brought back from its place. */
export const undoMs = 12_000;
/** Milliseconds for which it stands what came of the owner's yes or no; its decision stays. */
export const answerShownMs = 20_000;
/** Characters of a fact's name and words. */
export const factKeyChars = 200;
export const factChars = 20_000;
/** Core blocks, and characters of a block's name and text. */
export const mostBlocks = 8;
export const blockNameChars = 60;
export const blockChars = 2000;
/** Characters of the agent's name. */
export const agentNameChars = 60;
/** Decisions that are read at first, and after each "older". */
export const decisionsAsked = [6, 20, 50] as const;
