/** Bytes of one file of another program's agent, and files of its memory. */
export const foreignFileBytes = 64 * 1024 * 1024;
export const foreignFiles = 10_000;
