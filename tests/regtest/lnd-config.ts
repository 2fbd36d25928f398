import type { Btcd } from "./btcd.ts";
import type { NodePorts } from "./lnd-node.ts";

/**
 * The configuration file of one node. Secrets stand here and not on the command line, which
 * everybody on the machine can read.
 */
export function lndConfig(options: {
  readonly name: string;
  readonly ports: NodePorts;
  readonly btcd: Btcd;
  /** Null: the wallet stays locked. */
  readonly unlockFile: string | null;
}): string {
  const { ports, btcd, unlockFile } = options;
  return `[Application Options]
alias=${options.name}
rpclisten=127.0.0.1:${ports.grpc}
restlisten=127.0.0.1:${ports.rest}
listen=127.0.0.1:${ports.peer}
${unlockFile === null ? "" : `wallet-unlock-password-file=${unlockFile}`}
tlsdisableautofill=1
debuglevel=info
nobootstrap=1
; Gossip, reconnecting and batching by the second instead of by the minute.
trickledelay=50
minbackoff=500ms
maxbackoff=2s
historicalsyncinterval=10s

[bitcoin]
bitcoin.regtest=1
bitcoin.node=btcd

[btcd]
btcd.rpchost=127.0.0.1:${btcd.rpcPort}
btcd.rpcuser=${btcd.user}
btcd.rpcpass=${btcd.password}
btcd.rpccert=${btcd.certFile}

[gossip]
gossip.sub-batch-delay=200ms

[healthcheck]
; A node must outlive a btcd that is restarted, and a disk that others have filled.
healthcheck.chainbackend.attempts=0
healthcheck.diskspace.attempts=0
`;
}
