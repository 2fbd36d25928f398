import type { Clock } from "@timmy/shared/ports/time";
import { Refusal } from "./refusal.ts";
import {
  createAddress,
  type FakeTransaction,
  fromPsbt,
  parse,
  scriptOf,
  serializeSigned,
  toPsbt,
  txidOf,
} from "./transaction.ts";

export interface FakeCoin {
  readonly txid: string;
  readonly vout: number;
  readonly amountSat: bigint;
  readonly script: string;
  readonly address: string;
  lockedUntilMs: number;
  spent: boolean;
}
export interface KnownTransaction {
  readonly txid: string;
  readonly rawHex: string;
  readonly label: string;
  /** Null while it is in the mempool only. */
  height: number | null;
}

/** Virtual bytes of an input and an output of P2WPKH, and of the rest (BIP 141). */
const inputVbytes = 68n;
const outputVbytes = 31n;
const restVbytes = 11n;
const leaseMs = 600_000;

/** The wallet on the chain: coins, transactions without signatures, blocks when told. */
export function createChain(clock: Clock) {
  const coins: FakeCoin[] = [];
  const transactions = new Map<string, KnownTransaction>();
  const own = new Map<string, string>();
  let height = 840;

  const confirmations = (txid: string): number => {
    const at = transactions.get(txid)?.height ?? null;
    return at === null ? 0 : height - at + 1;
  };
  const locked = (coin: FakeCoin) => coin.lockedUntilMs > clock.wallMs();
  const live = () => coins.filter((coin) => !coin.spent);
  const sumSat = (some: readonly FakeCoin[]) => some.reduce((sum, c) => sum + c.amountSat, 0n);
  function newAddress(): { address: string; script: string } {
    const made = createAddress(`fake-lnd address ${own.size}`);
    own.set(made.script, made.address);
    return made;
  }
  /** Records a transaction and takes its outputs to our own addresses as coins. */
  function record(tx: FakeTransaction, label: string): string {
    const txid = txidOf(tx);
    const rawHex = serializeSigned(tx).toString("hex");
    transactions.set(txid, { txid, rawHex, label, height: null });
    for (const [vout, { amountSat, script }] of tx.outputs.entries()) {
      const address = own.get(script);
      if (address === undefined) continue;
      coins.push({ txid, vout, amountSat, script, address, lockedUntilMs: 0, spent: false });
    }
    return txid;
  }

  return {
    newAddress: () => newAddress().address,
    height: () => height,
    confirmations,
    locked,
    coins: live,
    find: (txid: string): KnownTransaction | null => transactions.get(txid) ?? null,
    transactions: (): readonly KnownTransaction[] => [...transactions.values()],
    /** A stranger pays an address of ours; the transaction is in no block yet. */
    receive(address: string, amountSat: bigint): string {
      const source = createAddress(`stranger ${transactions.size}`).script;
      const input = { txid: source.slice(4).padEnd(64, "0"), vout: transactions.size };
      const output = { amountSat, script: scriptOf(address) };
      return record({ inputs: [input], outputs: [output] }, "");
    },
    mine(blocks: number): void {
      for (let k = 0; k < blocks; k++) {
        height++;
        for (const one of transactions.values()) one.height ??= height;
      }
    },
    /** Largest coins first until they cover outputs and fee; locks them for ten minutes. */
    fund(outputs: ReadonlyMap<string, bigint>, satPerVbyte: bigint) {
      const wanted = [...outputs].map(([address, amountSat]) => ({
        amountSat,
        script: scriptOf(address),
      }));
      const outSat = wanted.reduce((sum, one) => sum + one.amountSat, 0n);
      const free = live()
        .filter((coin) => confirmations(coin.txid) > 0 && !locked(coin))
        .sort((a, b) => Number(b.amountSat - a.amountSat));
      const chosen: FakeCoin[] = [];
      const feeSat = () =>
        (restVbytes +
          inputVbytes * BigInt(chosen.length) +
          outputVbytes * BigInt(wanted.length + 1)) *
        satPerVbyte;
      while (sumSat(chosen) < outSat + feeSat()) {
        const coin = free.shift();
        if (coin === undefined) {
          throw new Refusal("UNKNOWN", "insufficient funds available to construct transaction");
        }
        chosen.push(coin);
      }
      const change = { amountSat: sumSat(chosen) - outSat - feeSat(), script: newAddress().script };
      const keep = change.amountSat >= 294n;
      const tx = { inputs: chosen, outputs: keep ? [...wanted, change] : wanted };
      for (const coin of chosen) coin.lockedUntilMs = clock.wallMs() + leaseMs;
      return { psbt: toPsbt(tx, chosen), changeIndex: keep ? wanted.length : -1, locked: chosen };
    },
    finalize(psbt: Buffer): { readonly raw: Buffer; readonly signed: Buffer } {
      const tx = fromPsbt(psbt);
      const spent = tx.inputs.map((input) => {
        const coin = coins.find((one) => one.txid === input.txid && one.vout === input.vout);
        if (coin === undefined) throw new Refusal("UNKNOWN", "fake: an input is not the wallet's");
        return coin;
      });
      return { raw: serializeSigned(tx), signed: toPsbt(tx, spent, true) };
    },
    /** The same transaction again changes nothing; a coin that is spent already refuses. */
    publish(raw: Buffer, label: string): string {
      const tx = parse(raw);
      if (transactions.has(txidOf(tx))) return txidOf(tx);
      const inputs = tx.inputs.map((input) =>
        coins.find((one) => one.txid === input.txid && one.vout === input.vout),
      );
      if (inputs.some((coin) => coin === undefined || coin.spent)) {
        throw new Refusal("UNKNOWN", "transaction rejected: output already spent");
      }
      for (const coin of inputs) if (coin !== undefined) coin.spent = true;
      return record(tx, label);
    },
    release(txid: string, vout: number): void {
      for (const coin of coins) {
        if (coin.txid === txid && coin.vout === vout) coin.lockedUntilMs = 0;
      }
    },
    balance() {
      const free = live().filter((coin) => !locked(coin));
      const confirmed = free.filter((coin) => confirmations(coin.txid) > 0);
      return {
        confirmedSat: sumSat(confirmed),
        unconfirmedSat: sumSat(free) - sumSat(confirmed),
        lockedSat: sumSat(live().filter(locked)),
      };
    },
  };
}
