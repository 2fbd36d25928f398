import { TimmyError } from "@timmy/shared/errors";
import { type Posting, partyAccount } from "../ledger/port.ts";
import type { SignedTransaction } from "../lightning/backend.ts";
import { parseAddress } from "./bitcoin-address.ts";
import { type ExecutionPorts, fail, reasonOf, type Way } from "./execution-way.ts";
import { satPerVbyte, wantedConfirmations } from "./limits.ts";
import { isPassing } from "./node-call.ts";
import { holdOf, type RequestRow } from "./request-store.ts";
import { transactionOutputs } from "./transaction-outputs.ts";

type Signed = Pick<SignedTransaction, "rawHex" | "feeMsat">;

/** What a transaction on the chain means in the books; the fee is passed on to who asked. */
export function chainPostings(row: RequestRow, feeMsat: bigint): readonly Posting[] {
  const account = partyAccount(row.party);
  const isSweep = row.kind === "sweep";
  const all: readonly Posting[] = [
    { account: "asset:onchain-warm", amountMsat: -row.amount_msat - feeMsat },
    { account: isSweep ? "asset:cold" : account, amountMsat: row.amount_msat },
    { account: "expense:chain-fee", amountMsat: feeMsat },
    { account, amountMsat: feeMsat },
    { account: "income:recharged", amountMsat: -feeMsat },
  ];
  return all.filter((posting) => posting.amountMsat !== 0n);
}

/** Why a stored transaction is not the one that was approved; null when it is. */
function faultOf({ backend }: ExecutionPorts, row: RequestRow, signed: Signed): string | null {
  if (signed.feeMsat < 0n || signed.feeMsat > row.fee_cap_msat) return "over-cap";
  // The mock's transactions are its own matter; a real node's are read.
  if (backend.kind === "mock") return null;
  const outputs = transactionOutputs(signed.rawHex);
  if (outputs === null) return "lnd-refused";
  const address = parseAddress(row.destination, backend.network);
  const pays = outputs.some(
    (output) =>
      address.ok &&
      output.scriptHex === address.value.scriptHex &&
      output.amountSat * 1000n === row.amount_msat,
  );
  return pays ? null : "approval-changed";
}

/** Warm may have shrunk since a sweep was asked for: reserve and promised channels come first. */
async function isTiedUp(ports: ExecutionPorts, row: RequestRow): Promise<boolean> {
  if (row.kind !== "sweep") return false;
  const balance = await ports.call((signal) => ports.backend.getBalance(signal));
  const kept = balance.anchorReserveMsat + balance.pendingOpenMsat + ports.requests.openingMsat();
  return balance.onchainConfirmedMsat - kept < row.amount_msat + row.fee_cap_msat;
}

/** Lets the node sign, and stores what it signed before anybody else sees it. */
async function fund(ports: ExecutionPorts, row: RequestRow): Promise<RequestRow | null> {
  const { books, backend, requests, call } = ports;
  const wish = { address: row.destination, amountSat: row.amount_msat / 1000n, satPerVbyte };
  let signed: SignedTransaction;
  try {
    if (await isTiedUp(ports, row)) throw new TimmyError("sweep-not-due", "Warm has shrunk.");
    signed = await call((signal) => backend.fundSweep(wish, signal));
  } catch (error) {
    if (!(error instanceof TimmyError)) throw error;
    if (!isPassing(error.code)) fail(ports, row.id, reasonOf(error));
    return null;
  }
  const fault = faultOf(ports, row, signed);
  if (fault !== null) {
    fail(ports, row.id, fault);
    return null;
  }
  const { rawHex, txid, feeMsat } = signed;
  return books.write(() => {
    const now = requests.get(row.id);
    if (now === null || now.state !== "executing" || now.raw_hex !== "") return null;
    requests.update(row.id, { raw_hex: rawHex, txid, fee_msat: feeMsat });
    return requests.get(row.id);
  });
}

/** The transaction is out: the books say so, once. */
function post({ books, requests }: ExecutionPorts, row: RequestRow): void {
  books.write(() => {
    if (requests.get(row.id)?.state !== "executing") return;
    books.ledger.release(holdOf(row.id));
    const posted = books.ledger.post({
      key: `request:${row.id}:sent`,
      kind: row.kind === "sweep" ? "sweep" : "withdrawal-sent",
      actor: row.requested_by,
      note: row.why,
      reference: row.id,
      party: row.party,
      service: "",
      postings: chainPostings(row, row.fee_msat ?? 0n),
    });
    if (!posted.ok) throw new TimmyError("internal", `A transaction was not posted: ${row.id}.`);
    requests.update(row.id, { state: "sent" });
  });
}

/**
 * Fund and sign, store the raw transaction, then publish it: after a crash the stored one is
 * published again, and never a second one made.
 */
export function createChainExecution(ports: ExecutionPorts): Way {
  const { books, backend, gate, requests, alarms, call } = ports;
  return {
    async send(row) {
      const funded = row.raw_hex === "" ? await fund(ports, row) : row;
      if (funded === null || gate.paused()) return;
      const stored = { rawHex: funded.raw_hex, feeMsat: funded.fee_msat ?? -1n };
      const fault = faultOf(ports, funded, stored);
      if (fault !== null) {
        return alarms.add(fault, `What is stored for request ${row.id} was not approved.`);
      }
      try {
        const label = `timmy ${funded.kind} ${funded.id}`;
        await call((signal) => backend.publishTransaction(funded.raw_hex, label, signal));
      } catch (error) {
        // It may have been published for all we know: only this very one is ever tried again.
        if (!(error instanceof TimmyError)) throw error;
        if (!isPassing(error.code)) {
          alarms.add(error.code, `The transaction ${funded.txid} is not taken by the network.`);
        }
        return;
      }
      post(ports, funded);
    },
    async follow(row) {
      try {
        const depth = await call((signal) => backend.confirmations(row.txid, signal));
        if (depth === null || depth < wantedConfirmations) return;
        books.write(() => {
          if (requests.get(row.id)?.state !== "sent") return;
          requests.update(row.id, { state: "confirmed" });
        });
      } catch (error) {
        if (!(error instanceof TimmyError) || !isPassing(error.code)) throw error;
      }
    },
  };
}
