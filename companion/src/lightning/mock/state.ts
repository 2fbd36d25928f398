import { createHash } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { TimmyError } from "@timmy/shared/errors";
import { satToMsat } from "@timmy/shared/money/amount";
import type { Random } from "@timmy/shared/ports/random";
import type { FailureReason, Invoice } from "../backend.ts";

/** The network: `us` with channels to hub and bridge, which have one with each other. */
export type NodeName = "us" | "hub" | "bridge" | "payee" | "payer";
export const nodeNames: readonly NodeName[] = ["us", "hub", "bridge", "payee", "payer"];

/** A channel; amounts of the two ends, with what is in flight taken from its sender already. */
export interface MockChannel {
  readonly id: string;
  readonly point: string;
  readonly ends: readonly [NodeName, NodeName];
  readonly capacityMsat: bigint;
  readonly sideMsat: [bigint, bigint];
  /** Who pays for the commitment transaction: the first of `ends`. */
  readonly tiedMsat: bigint;
  readonly isPrivate: boolean;
  /** Height of the funding transaction; null while it waits. */
  openHeight: number | null;
}
export interface MockForeign {
  readonly bolt11: string;
  readonly preimage: string;
  readonly amountMsat: bigint | null;
  behaviour: "pay" | "hold" | "forget";
}
/** One hop: over which channel, from which of its ends, and what moves. */
export interface MockHop {
  readonly channelId: string;
  readonly from: 0 | 1;
  readonly amountMsat: bigint;
}
export interface MockPayment {
  readonly hash: string;
  readonly hops: readonly MockHop[];
  readonly amountMsat: bigint;
  readonly feeMsat: bigint;
  state: "inflight" | "succeeded" | "failed";
  /** How it ends by itself; null: only by `release`. */
  plan: "settle" | FailureReason | null;
  preimage: string;
  reason: FailureReason | null;
}
export interface MockCoin {
  readonly outpoint: string;
  readonly amountMsat: bigint;
  /** Height of the transaction; null while it is unconfirmed. */
  height: number | null;
  lockedUntilMs: number;
  spent: boolean;
}
export interface MockTransaction {
  readonly txid: string;
  readonly rawHex: string;
  /** Outpoints that it spends, and those of its outputs that come back to the wallet. */
  readonly inputs: readonly string[];
  readonly ours: readonly { readonly index: number; readonly amountMsat: bigint }[];
  published: boolean;
  height: number | null;
}
export interface MockForward {
  readonly atMs: number;
  readonly channelIn: string;
  readonly channelOut: string;
  readonly amountOutMsat: bigint;
  readonly feeMsat: bigint;
}
/** Everything the mock knows: plain data, so that a snapshot is a text. */
export interface MockState {
  readonly version: 1;
  readonly seed: string;
  readonly pubkeys: Record<NodeName, string>;
  draws: number;
  height: number;
  addIndex: bigint;
  settleIndex: bigint;
  readonly invoices: Record<string, Invoice & { readonly preimage: string }>;
  readonly foreign: Record<string, MockForeign>;
  readonly payments: Record<string, MockPayment>;
  readonly channels: MockChannel[];
  readonly coins: MockCoin[];
  readonly transactions: MockTransaction[];
  readonly addresses: string[];
  readonly forwards: MockForward[];
}

export const sha256 = (...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** 32 fresh bytes; the count is part of the state, so a restored mock never repeats itself. */
export function draw(state: MockState, what: string): Uint8Array {
  state.draws++;
  return sha256(state.seed, "/", what, "/", String(state.draws));
}
/** A hash is a valid key but for one case in 2^128. */
export const keyOf = ({ seed }: Pick<MockState, "seed">, name: NodeName): Uint8Array =>
  sha256(seed, "/key/", name);

/** Commitment fee and two anchors that the opener of a channel has tied up. */
const tiedSat = 3_470n;
const channelPlan: readonly [NodeName, NodeName, bigint, bigint][] = [
  ["us", "hub", 1_000_000n, 500_000n],
  ["us", "bridge", 1_000_000n, 500_000n],
  ["hub", "bridge", 5_000_000n, 2_500_000n],
  ["hub", "payee", 5_000_000n, 2_500_000n],
  ["hub", "payer", 5_000_000n, 2_500_000n],
];
const startHeight = 450;
const startCoinSat = 100_000n;

export function createState(random: Random): MockState {
  const words = random.stream("lightning-mock");
  const seed = Array.from({ length: 4 }, () => Math.floor(words.uniform() * 2 ** 32)).join("-");
  const pubkey = (name: NodeName) => hex(secp256k1.getPublicKey(keyOf({ seed }, name), true));
  const state: MockState = {
    version: 1,
    seed,
    pubkeys: {
      us: pubkey("us"),
      hub: pubkey("hub"),
      bridge: pubkey("bridge"),
      payee: pubkey("payee"),
      payer: pubkey("payer"),
    },
    draws: 0,
    height: startHeight,
    addIndex: 0n,
    settleIndex: 0n,
    invoices: {},
    foreign: {},
    payments: {},
    channels: [],
    coins: [],
    transactions: [],
    addresses: [],
    forwards: [],
  };
  for (const [k, [a, b, capacitySat, remoteSat]] of channelPlan.entries()) {
    const txid = hex(draw(state, "funding"));
    const capacityMsat = satToMsat(capacitySat);
    const tiedMsat = satToMsat(tiedSat);
    const otherMsat = satToMsat(remoteSat);
    state.channels.push({
      id: channelId(startHeight - 100, k + 1, 0),
      point: `${txid}:0`,
      ends: [a, b],
      capacityMsat,
      sideMsat: [capacityMsat - tiedMsat - otherMsat, otherMsat],
      tiedMsat,
      isPrivate: false,
      openHeight: startHeight - 100,
    });
  }
  state.coins.push({
    outpoint: `${hex(draw(state, "coin"))}:0`,
    amountMsat: satToMsat(startCoinSat),
    height: startHeight - 10,
    lockedUntilMs: 0,
    spent: false,
  });
  return state;
}

/** BOLT 7: block, transaction and output in one number of 64 bits. */
export const channelId = (block: number, transaction: number, output: number): string =>
  ((BigInt(block) << 40n) | (BigInt(transaction) << 16n) | BigInt(output)).toString();

export const isOpen = (channel: MockChannel): boolean => channel.openHeight !== null;
export const tiedOnOpenMsat = satToMsat(tiedSat);

/** A bigint becomes an object with one key, which no text of a person can be mistaken for. */
export const toSnapshot = (state: MockState): string =>
  JSON.stringify(state, (_key, value: unknown) =>
    typeof value === "bigint" ? { $n: value.toString() } : value,
  );

const records = ["pubkeys", "invoices", "foreign", "payments"] as const;
const lists = ["channels", "coins", "transactions", "addresses", "forwards"] as const;

/** Only what a mock wrote is taken; the rest is `bad-file`. */
export function fromSnapshot(text: string): MockState {
  let state: MockState;
  try {
    state = JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== "object" || value === null || !("$n" in value)) return value;
      return BigInt(String(value.$n));
    }) as MockState;
  } catch (cause) {
    throw new TimmyError("bad-file", "the snapshot of the mock network", { cause });
  }
  const whole =
    state?.version === 1 &&
    records.every((name) => typeof state[name] === "object") &&
    lists.every((name) => Array.isArray(state[name]));
  if (!whole) throw new TimmyError("bad-file", "the snapshot of the mock network");
  return state;
}
