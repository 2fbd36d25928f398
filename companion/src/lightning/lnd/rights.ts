import { lndMethods } from "@timmy/protos/lnd";

/** The three macaroons that Timmy keeps; each may call exactly the methods of the table below. */
export const rightNames = ["earn", "spend", "sweep"] as const;
export type RightName = (typeof rightNames)[number];
export type CallName = keyof typeof lndMethods;

/**
 * Which call uses which macaroon, and so what each of them may do. `open` needs none; `admin` is
 * used once, to bake. Whatever is not in this table, nobody here may call: closing channels,
 * deleting payments, baking more, reading the seed, stopping the node.
 */
export const callRights = {
  getState: "open",
  bakeMacaroon: "admin",

  getInfo: "earn",
  addInvoice: "earn",
  lookupInvoice: "earn",
  listInvoices: "earn",
  subscribeInvoices: "earn",
  cancelInvoice: "earn",
  channelBalance: "earn",
  walletBalance: "earn",
  listChannels: "earn",
  pendingChannels: "earn",
  forwardingHistory: "earn",
  newAddress: "earn",
  listLeases: "earn",
  getTransactions: "earn",

  sendPayment: "spend",
  trackPayment: "spend",

  connectPeer: "sweep",
  openChannel: "sweep",
  listUnspent: "sweep",
  fundPsbt: "sweep",
  finalizePsbt: "sweep",
  releaseOutput: "sweep",
  publishTransaction: "sweep",
  getTransaction: "sweep",
} as const satisfies Record<CallName, RightName | "open" | "admin">;

export interface Rights {
  readonly name: RightName;
  /** Paths of gRPC methods, as LND names them: /package.Service/Method. */
  readonly methods: readonly string[];
}

function methodsOf(name: RightName): string[] {
  return Object.entries(lndMethods)
    .filter(([call]) => callRights[call as CallName] === name)
    .map(([, method]) => method.path)
    .sort();
}

/** What each macaroon may call; the dashboard shows it. */
export const bakedRights: readonly Rights[] = rightNames.map((name) => ({
  name,
  methods: methodsOf(name),
}));

/**
 * The root key of our macaroons ("timmy" in ASCII), so that `lncli deletemacaroonid` with this
 * number revokes all of them and nobody else's.
 */
export const rootKeyId = 0x74_69_6d_6d_79n;
