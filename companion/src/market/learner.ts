/** What became of an agent's work of one service so far. */
export interface TrackRecord {
  readonly succeeded: number;
  readonly failed: number;
}
export const noRecord: TrackRecord = { succeeded: 0, failed: 0 };

/**
 * What experience makes of a capability or a price: 0.5 to 1.5, 1 with no experience. Laplace's
 * rule of succession keeps it inside: one failure is no verdict, and nobody is starved for ever,
 * because half of a capability is still bid on and a larger bond outweighs it.
 */
export function successFactor({ succeeded, failed }: TrackRecord): number {
  return 0.5 + (succeeded + 1) / (succeeded + failed + 2);
}
