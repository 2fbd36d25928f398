import type { FundPsbtResponse } from "@timmy/protos/messages";
import { TimmyError } from "@timmy/shared/errors";
import { satToMsat } from "@timmy/shared/money/amount";
import type {
  ChannelPoint,
  Coin,
  Forward,
  ForwardPage,
  OpenChannelRequest,
  SignedTransaction,
  SweepRequest,
} from "../backend.ts";
import { errorOfFault } from "./faults.ts";
import { maxLabelBytes, peerTimeoutS, slowCallTimeoutMs } from "./limits.ts";
import type { NodeCalls } from "./node-calls.ts";
import { type ReadTransaction, readTransaction } from "./transaction.ts";

/** More blocks than there will be: LND reads zero as "unconfirmed ones too". */
const anyDepth = 9_999_999;

export async function newAddress(calls: NodeCalls, signal?: AbortSignal): Promise<string> {
  const type = "WITNESS_PUBKEY_HASH";
  return (await calls.call("newAddress", { type }, { signal })).address;
}

export async function readCoins(calls: NodeCalls, signal?: AbortSignal): Promise<readonly Coin[]> {
  const request = { min_confs: 1, max_confs: anyDepth };
  const { utxos } = await calls.call("listUnspent", request, { signal });
  return utxos.map(({ outpoint, amount_sat, confirmations }) => ({
    outpoint: `${outpoint?.txid_str ?? ""}:${outpoint?.output_index ?? 0}`,
    amountMsat: satToMsat(BigInt(amount_sat)),
    confirmations: Number(confirmations),
  }));
}

/** Gives the coins of a sweep that came to nothing back; if not, LND does so in ten minutes. */
async function release(calls: NodeCalls, funded: FundPsbtResponse): Promise<void> {
  for (const { id, outpoint } of funded.locked_utxos) {
    if (outpoint === null) continue;
    const { txid_bytes, output_index } = outpoint;
    await calls.ask("releaseOutput", { id, outpoint: { txid_bytes, output_index } });
  }
}

/** The fee, after a look that LND built what was asked for: one payee, at most one change. */
function judgeSweep(
  transaction: ReadTransaction,
  funded: FundPsbtResponse,
  request: SweepRequest,
): bigint {
  const inSat = funded.locked_utxos.reduce((sum, { value }) => sum + BigInt(value), 0n);
  const outSat = transaction.outputs.reduce((sum, { amountSat }) => sum + amountSat, 0n);
  const change = funded.change_output_index;
  const payees = transaction.outputs.filter((_, k) => k !== change);
  const isAsked =
    transaction.inputs.length === funded.locked_utxos.length &&
    payees.length === 1 &&
    payees[0]?.amountSat === request.amountSat &&
    inSat > outSat;
  if (!isAsked) {
    throw new TimmyError("lnd-refused", "The node built another transaction than was asked for.");
  }
  return satToMsat(inSat - outSat);
}

export async function fundSweep(
  calls: NodeCalls,
  request: SweepRequest,
  signal?: AbortSignal,
): Promise<SignedTransaction> {
  const options = { signal, timeoutMs: slowCallTimeoutMs };
  const outputs = { [request.address]: request.amountSat.toString() };
  const funded = await calls.call(
    "fundPsbt",
    {
      raw: { inputs: [], outputs },
      sat_per_vbyte: request.satPerVbyte.toString(),
      min_confs: 1,
    },
    options,
  );
  try {
    const psbt = { funded_psbt: funded.funded_psbt };
    const { raw_final_tx: raw } = await calls.call("finalizePsbt", psbt, options);
    const transaction = readTransaction(raw);
    const feeMsat = judgeSweep(transaction, funded, request);
    return { txid: transaction.txid, rawHex: raw.toString("hex"), feeMsat };
  } catch (error) {
    await release(calls, funded).catch(() => {});
    throw error;
  }
}

export async function confirmations(
  calls: NodeCalls,
  txid: string,
  signal?: AbortSignal,
): Promise<number | null> {
  const result = await calls.ask("getTransaction", { txid }, { signal });
  if (result.ok) return result.value.num_confirmations;
  // The wallet's own words (btcwallet, wallet/wallet.go, ErrNoTx).
  if (result.fault.text.includes("can not find transaction")) return null;
  throw errorOfFault(result.fault, "getTransaction");
}

export async function publishTransaction(
  calls: NodeCalls,
  rawHex: string,
  label: string,
  signal?: AbortSignal,
): Promise<void> {
  const raw = Buffer.from(rawHex, "hex");
  const { txid } = readTransaction(raw);
  const shortLabel = Buffer.from(label).subarray(0, maxLabelBytes).toString();
  const request = { tx_hex: raw, label: shortLabel };
  const result = await calls.ask("publishTransaction", request, { signal });
  const reason = result.ok ? result.value.publish_error : result.fault.text;
  if (reason === "") return;
  // Once it is in a block, LND calls the same transaction a double spend.
  const depth = await confirmations(calls, txid, signal);
  if (depth !== null && depth > 0) return;
  throw result.ok
    ? new TimmyError("lnd-refused", reason.slice(0, maxLabelBytes))
    : errorOfFault(result.fault, "publishTransaction");
}

export async function openChannel(
  calls: NodeCalls,
  request: OpenChannelRequest,
  signal?: AbortSignal,
): Promise<ChannelPoint> {
  const options = { signal, timeoutMs: slowCallTimeoutMs };
  const { peerPubkey, peerAddress } = request;
  if (peerAddress !== "") {
    const peer = {
      addr: { pubkey: peerPubkey, host: peerAddress },
      perm: false,
      timeout: peerTimeoutS.toString(),
    };
    const result = await calls.ask("connectPeer", peer, options);
    if (!result.ok && !result.fault.text.includes("already connected")) {
      throw errorOfFault(result.fault, "connectPeer");
    }
  }
  const point = await calls.call(
    "openChannel",
    {
      node_pubkey: Buffer.from(peerPubkey, "hex"),
      local_funding_amount: request.capacitySat.toString(),
      sat_per_vbyte: request.satPerVbyte.toString(),
      private: request.isPrivate,
      min_confs: 1,
    },
    options,
  );
  const bytes = Buffer.from(point.funding_txid_bytes ?? []).reverse();
  return {
    txid: point.funding_txid_str ?? bytes.toString("hex"),
    index: point.output_index,
  };
}

export async function readForwards(
  calls: NodeCalls,
  page: ForwardPage,
  signal?: AbortSignal,
): Promise<readonly Forward[]> {
  const request = {
    // Zero for both would mean the last day alone.
    start_time: Math.max(1, Math.floor(page.sinceS)).toString(),
    end_time: "0",
    index_offset: page.offset,
    num_max_events: page.limit,
  };
  const { forwarding_events: events } = await calls.call("forwardingHistory", request, { signal });
  return events.map((event) => ({
    atNs: BigInt(event.timestamp_ns),
    channelIn: event.chan_id_in,
    channelOut: event.chan_id_out,
    amountOutMsat: BigInt(event.amt_out_msat),
    feeMsat: BigInt(event.fee_msat),
  }));
}
