/** Named bounds of the regtest network; times are generous because a CI machine may stand still. */
export const limits = {
  /** A cold build of lnd on two cores takes six minutes. */
  buildMs: 30 * 60_000,
  /** Between two looks at something that has to become true. */
  lookEveryMs: 100,
  startMs: 90_000,
  stopMs: 30_000,
  syncMs: 60_000,
  /** Until peers whose channel is not active are connected anew. */
  activeMs: 15_000,
  callMs: 60_000,
  /** Answers that are larger are a mistake of ours. */
  answerBytes: 50_000_000,
  /** What of a program's log is shown when it dies. */
  tailBytes: 3000,
  /** lnd drops channels whose updates are older than 14 days; prepared ones are renewed before. */
  snapshotAgeMs: 7 * 24 * 3_600_000,
  blocksPerCall: 50,
  /** Of the network that stands in the background. */
  mineEveryMs: 10 * 60_000,
  /** Segwit is active from block 432 on. */
  firstBlocks: 450,
  /** Before that many a channel is not announced (BOLT7). */
  announceBlocks: 6,
} as const;
