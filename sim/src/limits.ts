/** A world file is read whole; a larger one is refused. */
export const worldFileLimitBytes = 1_000_000;
/** Bodies that wait under the floor until a test puts one in the way. */
export const obstacleLimit = 8;
/** Physics advances in steps of this many milliseconds; the core ticks every one. */
export const physicsStepMs = 2;
/** Two touches of one piece belong together when less than this lies between them. */
export const touchGapMs = 200;
/** Wall-clock debt that one turn of the pacer may pay back, milliseconds of simulated time. */
export const debtPerTurnMs = 50;
/** Debt beyond this is forgotten and counted: the machine is too slow for the speed asked. */
export const debtLimitMs = 250;
/** Clients at one socket of the world process; the next one is turned away. */
export const clientLimit = 16;
/** Bytes that may wait for a client that does not read, before it is cut off. */
export const clientBacklogBytes = 256 * 1024;
/** The longest command line that the truth socket reads. */
export const commandLineBytes = 4096;
