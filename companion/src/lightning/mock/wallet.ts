import { bech32 } from "@scure/base";
import { TimmyError } from "@timmy/shared/errors";
import { msatPerSat, satToMsat } from "@timmy/shared/money/amount";
import type { Coin, SignedTransaction, SweepRequest } from "../backend.ts";
import { draw, hex, type MockCoin, type MockState, type MockTransaction, sha256 } from "./state.ts";

/** lnd locks the inputs of a funded transaction for ten minutes. */
const lockMs = 600_000;
/** Virtual bytes of a transaction with witness key hashes: frame, each input, each output. */
const frameVbytes = 11;
const inputVbytes = 68;
const outputVbytes = 31;
/** Less than this is not worth an output (dust of a witness key hash: 294 sat). */
const dustMsat = satToMsat(294n);
/** Anchor channels keep 10,000 sat each on chain, for at most ten. */
const anchorReserveSat = 10_000n;
const anchorChannels = 10;

export interface Outgoing {
  readonly amountMsat: bigint;
  readonly satPerVbyte: number;
  /** What the transaction pays to, as text, for its bytes. */
  readonly to: string;
}

export function freshAddress(state: MockState): string {
  const program = draw(state, "address").subarray(0, 20);
  const address = bech32.encode("bcrt", [0, ...bech32.toWords(program)]);
  state.addresses.push(address);
  return address;
}

/** Taproot's addresses carry another checksum (BIP 350); the mock pays to whatever looks right. */
const looksLikeAddress = (address: string) =>
  /^(bcrt1[a-z0-9]{38,60}|[mn2][A-Za-z0-9]{25,34})$/.test(address);

export function anchorReserveMsat(state: MockState): bigint {
  const ours = state.channels.filter((channel) => channel.ends[0] === "us").length;
  return satToMsat(anchorReserveSat * BigInt(Math.min(ours, anchorChannels)));
}

export interface ChainBalance {
  readonly confirmedMsat: bigint;
  readonly unconfirmedMsat: bigint;
  readonly lockedMsat: bigint;
}
export function chainBalance(state: MockState, nowMs: number): ChainBalance {
  const sum = (keep: (coin: MockCoin) => boolean) =>
    state.coins.reduce(
      (all, coin) => (!coin.spent && keep(coin) ? all + coin.amountMsat : all),
      0n,
    );
  const locked = (coin: MockCoin) => coin.lockedUntilMs > nowMs;
  return {
    confirmedMsat: sum((coin) => coin.height !== null && !locked(coin)),
    unconfirmedMsat: sum((coin) => coin.height === null && !locked(coin)),
    lockedMsat: sum(locked),
  };
}

const isFree = (coin: MockCoin, nowMs: number) =>
  !coin.spent && coin.height !== null && coin.lockedUntilMs <= nowMs;

export const listCoins = (state: MockState, nowMs: number): readonly Coin[] =>
  state.coins
    .filter((coin) => isFree(coin, nowMs))
    .map(({ outpoint, amountMsat, height }) => ({
      outpoint,
      amountMsat,
      confirmations: height === null ? 0 : state.height - height + 1,
    }));

/** Picks coins, largest first, and locks them. Throws `balance-too-low`. */
export function fund(state: MockState, out: Outgoing, nowMs: number): SignedTransaction {
  const free = state.coins.filter((coin) => isFree(coin, nowMs));
  free.sort((a, b) => (a.amountMsat < b.amountMsat ? 1 : -1));
  const inputs: MockCoin[] = [];
  let total = 0n;
  for (const coin of free) {
    inputs.push(coin);
    total += coin.amountMsat;
    const feeMsat = feeOf(inputs.length, 2, out.satPerVbyte);
    const restMsat = total - out.amountMsat - feeMsat;
    if (restMsat < 0n) continue;
    const changeMsat = restMsat > dustMsat ? restMsat : 0n;
    for (const input of inputs) input.lockedUntilMs = nowMs + lockMs;
    const transaction = record(state, out, inputs, changeMsat);
    return { ...transaction, feeMsat: total - out.amountMsat - changeMsat };
  }
  throw new TimmyError("balance-too-low", `${total / msatPerSat} sat of confirmed coins`);
}

const feeOf = (inputs: number, outputs: number, satPerVbyte: number): bigint =>
  satToMsat(
    BigInt(Math.ceil((frameVbytes + inputs * inputVbytes + outputs * outputVbytes) * satPerVbyte)),
  );

export function fundSweep(state: MockState, wish: SweepRequest, nowMs: number): SignedTransaction {
  if (!looksLikeAddress(wish.address))
    throw new TimmyError("bad-address", wish.address.slice(0, 90));
  if (wish.amountSat <= 0n) throw new TimmyError("bad-amount");
  const { amountSat, satPerVbyte, address } = wish;
  return fund(state, { amountMsat: satToMsat(amountSat), satPerVbyte, to: address }, nowMs);
}

/** The bytes are the mock's own, with a real id: the double hash that they have. */
function record(
  state: MockState,
  out: Outgoing,
  coins: readonly MockCoin[],
  changeMsat: bigint,
): { txid: string; rawHex: string } {
  const inputs = coins.map((coin) => coin.outpoint);
  const amounts = [out.amountMsat, changeMsat].map(String);
  const text = ["mock", ...inputs, out.to, ...amounts].join(" ");
  const raw = new TextEncoder().encode(text);
  const txid = hex(sha256(sha256(raw)));
  const transaction: MockTransaction = {
    txid,
    rawHex: hex(raw),
    inputs,
    ours: [
      // A sweep to an address of our own comes back.
      ...(state.addresses.includes(out.to) ? [{ index: 0, amountMsat: out.amountMsat }] : []),
      ...(changeMsat > 0n ? [{ index: 1, amountMsat: changeMsat }] : []),
    ],
    published: false,
    height: null,
  };
  state.transactions.push(transaction);
  return { txid, rawHex: transaction.rawHex };
}

/** Spends what the transaction spends. Again is nothing; what the mock never made is refused. */
export function publish(state: MockState, rawHex: string): void {
  const transaction = state.transactions.find((known) => known.rawHex === rawHex);
  if (transaction === undefined) throw new TimmyError("lnd-refused", "unknown transaction");
  if (transaction.published) return;
  const inputs = state.coins.filter((coin) => transaction.inputs.includes(coin.outpoint));
  if (inputs.some((coin) => coin.spent)) throw new TimmyError("lnd-refused", "spent already");
  for (const coin of inputs) {
    coin.spent = true;
    coin.lockedUntilMs = 0;
  }
  transaction.published = true;
  for (const { index, amountMsat } of transaction.ours) {
    addCoin(state, `${transaction.txid}:${index}`, amountMsat);
  }
}

function addCoin(state: MockState, outpoint: string, amountMsat: bigint): void {
  state.coins.push({ outpoint, amountMsat, height: null, lockedUntilMs: 0, spent: false });
}

/** A stranger pays to an address of ours. */
export function receiveCoins(state: MockState, address: string, amountSat: bigint): string {
  if (!state.addresses.includes(address)) throw new TimmyError("bad-address", "not of this wallet");
  const txid = hex(draw(state, "deposit"));
  const amountMsat = satToMsat(amountSat);
  const deposit = { txid, rawHex: "", inputs: [], ours: [{ index: 0, amountMsat }] };
  state.transactions.push({ ...deposit, published: true, height: null });
  addCoin(state, `${txid}:0`, amountMsat);
  return txid;
}

/** Confirms all that was published. */
export function mineBlock(state: MockState): void {
  state.height++;
  for (const transaction of state.transactions) {
    if (!transaction.published || transaction.height !== null) continue;
    transaction.height = state.height;
    for (const coin of state.coins) {
      if (coin.outpoint.startsWith(`${transaction.txid}:`)) coin.height = state.height;
    }
  }
}

export function confirmationsOf(state: MockState, txid: string): number | null {
  const transaction = state.transactions.find((known) => known.txid === txid && known.published);
  if (transaction === undefined) return null;
  return transaction.height === null ? 0 : state.height - transaction.height + 1;
}
