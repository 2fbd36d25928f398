import { TimmyError } from "@timmy/shared/errors";
import type { Channel } from "../lightning/backend.ts";
import { type ExecutionPorts, fail, reasonOf, type Way } from "./execution-way.ts";
import { satPerVbyte } from "./limits.ts";
import { holdOf, type RequestRow } from "./request-store.ts";

/** Refusals after which nothing was begun, so that the call may be made again. */
const notBegun = new Set(["lnd-locked", "lnd-starting", "vault-locked", "not-connected"]);
const refusals = new Set(["lnd-refused", "bad-amount", "bad-address", "balance-too-low"]);

/**
 * Opening a channel cannot be repeated: the call is noted down first, and when its answer is lost
 * the node's channels tell what became of it. A second call is never made.
 */
export function createChannelExecution(ports: ExecutionPorts): Way {
  const { books, backend, requests, alarms, call } = ports;
  const peerOf = (row: RequestRow) => row.payee;
  const addressOf = (row: RequestRow) => row.destination.split("@")[1] ?? "";

  function sent(row: RequestRow, point: string): void {
    books.write(() => {
      if (requests.get(row.id)?.state !== "executing") return;
      // Reconciliation posts the channel and its fee from the node's own evidence.
      if (books.ledger.getHold(holdOf(row.id)) !== null) books.ledger.release(holdOf(row.id));
      requests.update(row.id, { state: "sent", txid: point });
    });
  }
  const pointsWith = (channels: readonly Channel[], row: RequestRow): readonly string[] =>
    channels.filter((c) => c.peerPubkey === peerOf(row)).map((c) => c.point);

  async function begin(row: RequestRow): Promise<void> {
    const known = pointsWith(await call((signal) => backend.channels(signal)), row);
    books.write(() => requests.update(row.id, { note: JSON.stringify(known) }));
    try {
      const wish = {
        peerPubkey: peerOf(row),
        peerAddress: addressOf(row),
        capacitySat: row.amount_msat / 1000n,
        satPerVbyte,
        isPrivate: false,
      };
      const { txid, index } = await call((signal) => backend.openChannel(wish, signal));
      sent(row, `${txid}:${index}`);
    } catch (error) {
      const code = error instanceof TimmyError ? error.code : "internal";
      if (error instanceof TimmyError && refusals.has(code)) {
        return fail(ports, row.id, reasonOf(error));
      }
      if (notBegun.has(code)) books.write(() => requests.update(row.id, { note: "" }));
      else alarms.add(code, `Whether the channel of request ${row.id} opened is not known.`);
    }
  }
  /** A begun call whose answer was lost: a new channel with the peer is its answer. */
  async function look(row: RequestRow): Promise<void> {
    const known = new Set(JSON.parse(row.note) as string[]);
    const channels = await call((signal) => backend.channels(signal));
    const fresh = pointsWith(channels, row).find((point) => !known.has(point));
    if (fresh !== undefined) sent(row, fresh);
  }
  const unlessAway = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof TimmyError) || error.code === "internal") throw error;
    }
  };
  return {
    send: (row) => unlessAway(row.note === "" ? begin(row) : look(row)),
    follow: (row) =>
      unlessAway(
        (async () => {
          const channels = await call((signal) => backend.channels(signal));
          if (!channels.some((c) => c.point === row.txid)) return;
          books.write(() => requests.update(row.id, { state: "confirmed" }));
        })(),
      ),
  };
}
