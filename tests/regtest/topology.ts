/** The nodes of the network and what lies between them; all amounts in satoshi. */
export const nodeNames = ["office", "home", "robot", "bank"] as const;
export type NodeName = (typeof nodeNames)[number];

export interface ChannelPlan {
  readonly from: NodeName;
  readonly to: NodeName;
  readonly sat: number;
  /** What lies on the other side from the start. */
  readonly pushedSat: number;
}

/**
 * office - home - robot is the house. The bank mined the coins, and closes a triangle with office
 * and home, so that a payment from office can come back to it.
 */
export const channelPlans: readonly ChannelPlan[] = [
  { from: "office", to: "home", sat: 1_000_000, pushedSat: 300_000 },
  { from: "home", to: "robot", sat: 100_000, pushedSat: 0 },
  { from: "bank", to: "office", sat: 500_000, pushedSat: 250_000 },
  { from: "home", to: "bank", sat: 500_000, pushedSat: 250_000 },
];

/** Coins that the bank gives; one for each channel that a node opens, and more for office's sweeps. */
export const deposits: readonly { readonly to: NodeName; readonly sat: number }[] = [
  { to: "office", sat: 2_000_000 },
  { to: "office", sat: 2_000_000 },
  { to: "office", sat: 1_500_000 },
  { to: "home", sat: 700_000 },
  { to: "home", sat: 700_000 },
  { to: "robot", sat: 100_000 },
];
export const satPerVbyte = 2;
