/** Questions to the mind at once; more are refused as busy. */
export const maxDecisions = 16;
/** Ids of questions that are remembered to answer none twice. */
export const rememberedQuestions = 512;
/** Events of the robot that a new dashboard gets to see; the oldest is dropped. */
export const keptEvents = 200;
/** Commands that wait for their answer at once; more are refused. */
export const maxPendingCommands = 32;
/** Leases that are renewed at once; the oldest is given up. */
export const maxLeases = 16;
/** Milliseconds after which a lease is given up although no end of its task was seen. */
export const maxLeaseMs = 1_200_000;
/** Ended tasks that are remembered, because their end may arrive before the command's answer. */
export const rememberedTasks = 64;
/** Milliseconds that being ready waits for a robot, so that the first word finds it there. */
export const robotWaitMs = 3000;
/** Milliseconds that a command waits for its answer: a body that just started makes sure first. */
export const replyTimeoutMs = 6000;
/** Milliseconds that an instruction waits: a mind may have to think. */
export const hearTimeoutMs = 12_000;
/** Milliseconds that a stop waits for measured standstill. */
export const stopTimeoutMs = 5000;
/** Milliseconds between two pings of an event stream. */
export const pingMs = 400;
/** Dashboards that may listen at once. */
export const maxStreams = 16;
/** Events that wait for one slow dashboard; then telemetry is dropped, then the dashboard. */
export const streamQueue = 512;
/** Bytes of an HTTP body. */
export const maxBodyBytes = 16_384;
/** Sessions of browsers; the oldest is forgotten. */
export const maxSessions = 64;
/** Bytes of a file of the dashboard. */
export const maxAssetBytes = 8_388_608;
/** Milliseconds between two set-points of a joystick (20 Hz). */
export const joystickPeriodMs = 50;
/** Milliseconds of silence after which a joystick counts as let go. */
export const joystickSilenceMs = 300;
/** Messages in a row that make no sense, after which a joystick is closed. */
export const maxBadJoystick = 20;
/** Bytes of one joystick message. */
export const maxJoystickBytes = 256;
/** Bytes of an MQTT packet: the floor plan (64 kB) and its topic. */
export const maxPacketBytes = 69_632;
/** Agents whose highest epoch the broker remembers. */
export const maxGuardedAgents = 1024;
/** Clients of the broker at once. */
export const maxBrokerClients = 64;
/** Milliseconds between a death and the next start of a process, doubled up to the longest. */
export const restartFirstMs = 200;
export const restartLongestMs = 5000;
/** Deaths within the window after which a process is given up. */
export const maxDeaths = 5;
export const deathWindowMs = 60_000;
/** Milliseconds that a process may take to say that it is ready. */
export const readyTimeoutMs = 20_000;
/** Milliseconds between SIGTERM and SIGKILL. */
export const killAfterMs = 3000;
/** Lines of stderr that are kept of each process, and characters of each. */
export const keptErrorLines = 12;
export const keptLineChars = 400;
/** Milliseconds that a request to the treasury may take; a node may have to be asked. */
export const treasuryTimeoutMs = 30_000;
/** Bytes of the head of such a request: the words of a task stand in its address, nine a letter. */
export const maxTreasuryHeaderBytes = 32_768;
/** Milliseconds between two tries to reach the treasury. */
export const treasuryRetryMs = 500;
/** Characters of one line of the treasury's news. */
export const maxTreasuryLineChars = 1_000_000;
/** Listeners to the treasury's news at once, and lines that wait for one of them. */
export const maxNewsListeners = 8;
export const maxNewsWaiting = 256;
/** Rows of one page of journals or payments. */
export const maxPageRows = 200;
/** Days of an earnings report. */
export const maxReportDays = 366;
/** Seconds that an invoice of the dashboard can be paid. */
export const invoiceExpiryS = 3600;
/** Seconds after which what was refused with 503 is worth another try. */
export const retryAfterS = 5;
/** Milliseconds between two comparisons of the books with the node. */
export const reconcilePeriodMs = 60_000;
/** Milliseconds that a payment takes in the mock, and between two of its blocks. */
export const mockLatencyMs = 400;
export const mockBlockMs = 60_000;
/** Milliseconds between two views that the treasury tells. */
export const newsPeriodMs = 250;
/** Milliseconds after a change in which the mock's network is written down. */
export const mockSaveMs = 100;
/** Milliseconds that a proposal of another mind, or the owner's yes, may take to be done. */
export const proposalTimeoutMs = 600_000;
/** Milliseconds that the answer to a move, or to a yes, is awaited. */
export const movingAnswerMs = 600_000;
/** Milliseconds between two looks at a move, and looks without one after which it broke off, or waits. */
export const moveLookMs = 500;
export const brokenLooks = 4;
export const unsettledLooks = 40;
/** Milliseconds between two looks at the agent in its body, and while it moves. */
export const agentLookMs = 5000;
export const movingLookMs = 300;
/** Bodies on one broker that are told apart. */
export const maxBodies = 64;
/** Nodes whose status is kept. */
export const maxNodes = 256;
/** Turns of a chat that the model reads, oldest dropped. */
export const chatTurns = 12;
/** Characters of them all; the newest turn stays whatever its length. */
export const chatTurnsChars = 8000;
/** Milliseconds between two turns of making vectors of new memories. */
export const followMeaningsMs = 30_000;
/** Answers that a page which opens anew is shown. */
export const keptChats = 50;
/** Chats at once. */
export const maxChats = 4;
/** Bytes of what a dashboard writes into the agent's memory. */
export const maxMemoryBytes = 81_920;
