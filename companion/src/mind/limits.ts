/** Tokens of context that we ask for; a server's own default would cut a prompt in silence. */
export const contextTokens = 4096;
/** Tokens of a plan and of one reply in a chat. */
export const maxPlanTokens = 256;
export const maxReplyTokens = 768;
/** Characters that are read of a plan and of a reply, whatever the server sends. */
export const maxPlanChars = 4096;
export const maxReplyChars = 12_000;
/** Bytes of one answer of the server, and characters of one line of it. */
export const maxAnswerBytes = 4_194_304;
export const maxLineChars = 262_144;
/** Milliseconds in which a decision stands, whatever the model does: when the rules know one too. */
export const decideMs = 1200;
/** And when they know none. */
export const thinkMs = 8000;
/** Milliseconds of a request to the server that needs no model. */
export const probeMs = 2000;
/** Milliseconds that a model may take to be loaded. */
export const loadMs = 120_000;
/** Milliseconds of a chat: to the first token, between two tokens, and in all. */
export const chatFirstMs = 20_000;
export const chatGapMs = 8000;
export const chatWholeMs = 90_000;
/** Questions that wait for the model while it answers another one. */
export const maxWaiting = 3;
/** Failures in a row after which the model is left alone, and for how many milliseconds. */
export const breakerFailures = 3;
export const breakerRestMs = 15_000;
/** Milliseconds between two looks at a server: while it is away, and while it answers. */
export const lookAwayMs = 3000;
export const lookReadyMs = 30_000;
/** The model's turns for one plan: the first, and one repair. */
export const planTurns = 2;
/** Rounds of tools in one chat. */
export const maxToolRounds = 3;
/** Memories and characters of them that go into a prompt. */
export const maxPromptMemories = 5;
export const maxMemoryChars = 400;
/** Phrases among which a plan may choose what to say. */
export const maxPhrases = 8;
/** Addresses of this machine that are tried to see whether the server is exposed. */
export const maxExposureProbes = 8;
export const exposureProbeMs = 500;
/** Milliseconds of the vectors of some memories, while a model may be loaded, and of a question's. */
export const embedMemoriesMs = 60_000;
export const embedQuestionMs = 400;
/** Numbers of one vector. */
export const maxDimensions = 4096;
