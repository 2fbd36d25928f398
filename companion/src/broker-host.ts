/** A broker that we start ourselves; what it must do is in `broker.contract.test.ts`. */
export interface BrokerHost {
  /** Listens, and answers the port; throws `port-taken` when it is not free. Idempotent. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

export interface BrokerAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Whether an address is only reachable from this machine. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host === "localhost" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
