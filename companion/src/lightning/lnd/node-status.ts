import type { GetInfoResponse, WalletState } from "@timmy/protos/messages";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { Network, NodeHealth } from "../backend.ts";
import { codeOfFault, type Fault, sentenceOf } from "./faults.ts";

/** The node that was connected; another one behind the same address is refused. */
export interface PinnedNode {
  readonly pubkey: string;
  readonly network: Network;
}
export interface NodeStatus {
  readonly state: NodeHealth["state"];
  /** Null when active. */
  readonly code: ErrorCode | null;
  readonly details: string;
  /** What GetInfo said last, or null. */
  readonly info: GetInfoResponse | null;
}

const stateOfCode: Partial<Record<ErrorCode, NodeHealth["state"]>> = {
  "lnd-away": "away",
  "lnd-locked": "locked",
  "lnd-starting": "starting",
};
const networks: readonly string[] = ["mainnet", "testnet", "signet", "regtest"];

export function statusOfCode(
  code: ErrorCode,
  details: string,
  info: GetInfoResponse | null = null,
): NodeStatus {
  return { state: stateOfCode[code] ?? "refused", code, details, info };
}

export const statusOfFault = (fault: Fault, info: GetInfoResponse | null): NodeStatus =>
  statusOfCode(codeOfFault(fault), sentenceOf(fault), info);

/** What GetState means; null: go on and ask GetInfo. */
export function judgeWallet(state: WalletState): NodeStatus | null {
  switch (state) {
    case "SERVER_ACTIVE":
      return null;
    case "LOCKED":
      return statusOfCode("lnd-locked", "");
    case "NON_EXISTING":
      return statusOfCode("lnd-locked", "It has no wallet yet: run lncli create.");
    default:
      return statusOfCode("lnd-starting", "");
  }
}

/** Major, minor and patch of "0.21.2-beta commit=v0.21.2-beta", or null. */
export function parseVersion(text: string): readonly [number, number, number] | null {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?![\d.])/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** False below 0.19.0 (holes that cost money), and for what is no version at all. */
export function isNewEnough(text: string): boolean {
  const version = parseVersion(text);
  return version !== null && (version[0] > 0 || version[1] >= 19);
}

/** The network of GetInfo, or null when Timmy does not know it. */
export function networkOf(info: GetInfoResponse): Network | null {
  const name = info.chains[0]?.network ?? "";
  return networks.includes(name) ? (name as Network) : null;
}

/** What GetInfo means for a node that was connected before. */
export function judgeInfo(info: GetInfoResponse, pinned: PinnedNode): NodeStatus {
  if (info.identity_pubkey !== pinned.pubkey) {
    const details = `It was ${pinned.pubkey} and is ${info.identity_pubkey}.`;
    return statusOfCode("lnd-identity", details, info);
  }
  const network = info.chains[0]?.network ?? "none";
  if (network !== pinned.network) {
    const details = `It was on ${pinned.network} and is on ${network}.`;
    return statusOfCode("lnd-identity", details, info);
  }
  if (!isNewEnough(info.version)) {
    return statusOfCode("lnd-too-old", `It is ${info.version.slice(0, 60)}.`, info);
  }
  return { state: "active", code: null, details: "", info };
}

/** The status as the port tells it. */
export function healthOf(status: NodeStatus, pinned: PinnedNode): NodeHealth {
  const { state, code, details, info } = status;
  const { sentence, remedy } = code === null ? { sentence: "", remedy: "" } : errorTable[code];
  return {
    state,
    code,
    sentence: [sentence, details, remedy].filter((part) => part !== "").join(" "),
    alias: info?.alias ?? "",
    pubkey: pinned.pubkey,
    version: info?.version ?? "",
    network: pinned.network,
    blockHeight: info?.block_height ?? 0,
    syncedToChain: info?.synced_to_chain ?? false,
    syncedToGraph: info?.synced_to_graph ?? false,
  };
}
