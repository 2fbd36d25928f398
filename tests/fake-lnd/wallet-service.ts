import type { FakeNode } from "./fake-node.ts";
import { bytesOf, digits, type Handlers, hexOf } from "./handler.ts";
import { uri } from "./methods.ts";
import type { FakeCoin, KnownTransaction } from "./node-chain.ts";
import { Refusal } from "./refusal.ts";

interface FundPsbt {
  readonly raw: { readonly outputs: Readonly<Record<string, string>> } | null;
  readonly sat_per_vbyte: string;
}
interface ListUnspent {
  readonly min_confs: number;
  readonly max_confs: number;
}
interface OutPoint {
  readonly txid_bytes: Uint8Array;
  readonly txid_str: string;
  readonly output_index: number;
}

const anchorReserveSat = 10_000n;
const maxReserveSat = 100_000n;

const outpoint = (coin: FakeCoin) => ({
  txid_bytes: bytesOf(coin.txid).reverse(),
  txid_str: coin.txid,
  output_index: coin.vout,
});
const lease = (coin: FakeCoin) => ({
  id: Buffer.alloc(32, 7),
  outpoint: outpoint(coin),
  expiration: `${Math.ceil(coin.lockedUntilMs / 1000)}`,
  pk_script: bytesOf(coin.script),
  value: digits(coin.amountSat),
});

/** The on-chain wallet: transactions of a real form whose signatures are fakes. */
export function createWalletHandlers(node: FakeNode): Handlers {
  const { chain, channels } = node;
  const transaction = (one: KnownTransaction) => ({
    tx_hash: one.txid,
    num_confirmations: chain.confirmations(one.txid),
    block_height: one.height ?? 0,
    raw_tx_hex: one.rawHex,
    label: one.label,
  });
  return {
    unary: {
      [uri.walletBalance]() {
        const { confirmedSat, unconfirmedSat, lockedSat } = chain.balance();
        const anchors = BigInt(channels.list().filter((one) => !one.isPrivate).length);
        const reserveSat = anchors * anchorReserveSat;
        return {
          total_balance: digits(confirmedSat + unconfirmedSat),
          confirmed_balance: digits(confirmedSat),
          unconfirmed_balance: digits(unconfirmedSat),
          locked_balance: digits(lockedSat),
          reserved_balance_anchor_chan: digits(
            reserveSat < maxReserveSat ? reserveSat : maxReserveSat,
          ),
        };
      },
      [uri.newAddress]: () => ({ address: chain.newAddress() }),
      [uri.nextAddr]: () => ({ addr: chain.newAddress() }),
      [uri.walletListUnspent](request: ListUnspent) {
        const max = request.max_confs === 0 ? Number.MAX_SAFE_INTEGER : request.max_confs;
        const some = chain.coins().filter((coin) => {
          const depth = chain.confirmations(coin.txid);
          return !chain.locked(coin) && depth >= request.min_confs && depth <= max;
        });
        return {
          utxos: some.map((coin) => ({
            address_type: "WITNESS_PUBKEY_HASH",
            address: coin.address,
            amount_sat: digits(coin.amountSat),
            pk_script: coin.script,
            outpoint: outpoint(coin),
            confirmations: `${chain.confirmations(coin.txid)}`,
          })),
        };
      },
      [uri.getTransactions]: () => ({ transactions: chain.transactions().map(transaction) }),
      [uri.getTransaction](request: { txid: string }) {
        const found = chain.find(request.txid);
        if (found === null) {
          throw new Refusal("UNKNOWN", `can not find transaction: txid ${request.txid}`);
        }
        return transaction(found);
      },
      [uri.requiredReserve]: () => ({ required_reserve: digits(anchorReserveSat) }),
      [uri.fundPsbt](request: FundPsbt) {
        const outputs = Object.entries(request.raw?.outputs ?? {});
        if (outputs.length === 0) throw new Refusal("UNKNOWN", "fake: only raw templates");
        const wanted = new Map(outputs.map(([address, sat]) => [address, BigInt(sat)]));
        const { psbt, changeIndex, locked } = chain.fund(wanted, BigInt(request.sat_per_vbyte));
        return {
          funded_psbt: psbt,
          change_output_index: changeIndex,
          locked_utxos: locked.map(lease),
        };
      },
      [uri.finalizePsbt](request: { funded_psbt: Uint8Array }) {
        const { raw, signed } = chain.finalize(Buffer.from(request.funded_psbt));
        return { signed_psbt: signed, raw_final_tx: raw };
      },
      [uri.publishTransaction](request: { tx_hex: Uint8Array; label: string }) {
        chain.publish(Buffer.from(request.tx_hex), request.label);
        return { publish_error: "" };
      },
      [uri.listLeases]: () => ({ locked_utxos: chain.coins().filter(chain.locked).map(lease) }),
      [uri.releaseOutput](request: { outpoint: OutPoint | null }) {
        const at = request.outpoint;
        if (at === null) throw new Refusal("UNKNOWN", "fake: no outpoint");
        const txid = at.txid_str || hexOf(Buffer.from(at.txid_bytes).reverse());
        chain.release(txid, at.output_index);
        return { status: "released" };
      },
    },
    streams: {},
  };
}
