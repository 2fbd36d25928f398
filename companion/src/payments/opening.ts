import { TimmyError } from "@timmy/shared/errors";
import { partyAccount } from "../ledger/port.ts";
import type { Channel, Forward, Invoice, NodeBalance } from "../lightning/backend.ts";
import { eachInvoicePage } from "./invoice-list.ts";
import { forwardPage, steadyPauseMs, steadyReads } from "./limits.ts";
import { createMarks } from "./marks.ts";
import { gapsOf, ledgerSide, nodeSide, sameBalance } from "./node-accounts.ts";
import { pause } from "./pause.ts";
import type { MoneyPorts } from "./port.ts";
import { postingsOf } from "./postings.ts";

/** What the node had when the books began: it belongs to the owner, and is never credited again. */
interface FirstLook {
  readonly balance: NodeBalance;
  readonly channels: readonly Channel[];
  readonly addIndex: bigint;
  readonly settleIndex: bigint;
  readonly unpaid: readonly Invoice[];
  /** The first moment whose forwards are not in the balance yet. */
  readonly forwardNs: bigint;
}

/** Forwards of the last hour tell where the next ones begin. */
const forwardLookS = 3600;

async function look(ports: MoneyPorts, signal: AbortSignal | undefined): Promise<FirstLook> {
  const { backend } = ports;
  let addIndex = 0n;
  let settleIndex = 0n;
  const unpaid: Invoice[] = [];
  await eachInvoicePage(backend, 0n, signal, (page) => {
    for (const invoice of page) {
      if (invoice.addIndex > addIndex) addIndex = invoice.addIndex;
      if (invoice.settleIndex > settleIndex) settleIndex = invoice.settleIndex;
      const ended = invoice.state === "settled" || invoice.state === "cancelled";
      if (!ended) unpaid.push(invoice);
    }
  });
  const sinceS = Math.max(0, Math.floor(ports.time.clock.wallMs() / 1000) - forwardLookS);
  let forwardNs = BigInt(sinceS) * 1_000_000_000n;
  for (let offset = 0; ; offset += forwardPage) {
    const page: readonly Forward[] = await backend.forwards(
      { sinceS, offset, limit: forwardPage },
      signal,
    );
    for (const { atNs } of page) if (atNs >= forwardNs) forwardNs = atNs + 1n;
    if (page.length < forwardPage) break;
  }
  const channels = await backend.channels(signal);
  const balance = await backend.getBalance(signal);
  return { balance, channels, addIndex, settleIndex, unpaid, forwardNs };
}

const same = (a: FirstLook, b: FirstLook): boolean =>
  sameBalance(a.balance, b.balance) &&
  a.settleIndex === b.settleIndex &&
  a.forwardNs === b.forwardNs &&
  a.channels.length === b.channels.length;

/** Posts the opening balances and sets every mark, in one transaction. */
function write(ports: MoneyPorts, seen: FirstLook): void {
  const { ledger, sql } = ports.books;
  const nowMs = Math.round(ports.time.clock.wallMs());
  const marks = createMarks(sql);
  const gaps = gapsOf(nodeSide(seen.balance), ledgerSide(ledger));
  const all = gaps.hotMsat + gaps.reservedMsat + gaps.pendingMsat + gaps.chainMsat;
  const { availableMsat } = ledger.balance("party:owner");
  // A ledger that has more than the node, and not from the owner: a person must look.
  const covered = all >= 0n || availableMsat >= -all;
  const postings = postingsOf(
    ["asset:ln-hot", gaps.hotMsat],
    ["asset:ln-reserved", gaps.reservedMsat],
    ["asset:ln-pending", gaps.pendingMsat],
    ["asset:onchain-warm", gaps.chainMsat - gaps.unconfirmedMsat],
    ["asset:onchain-pending", gaps.unconfirmedMsat],
    [covered ? partyAccount("owner") : "suspense", -all],
  );
  if (postings.length > 0) {
    const result = ledger.post({
      ...{ key: "opening", kind: "opening", actor: "timmy", note: "What the node had at first." },
      ...{ reference: "", party: "owner", service: "", postings },
    });
    if (!result.ok) throw new TimmyError("internal", `opening: ${result.reason}`);
  }
  for (const { point, capacityMsat } of seen.channels) {
    sql.run(
      "INSERT INTO known_channels (point, capacity_msat, seen_ms) VALUES (?, ?, ?)",
      ...[point, capacityMsat, nowMs],
    );
  }
  for (const { paymentHash, addIndex, expiresS } of seen.unpaid) {
    sql.run(
      "INSERT INTO open_invoices (payment_hash, add_index, expires_ms) VALUES (?, ?, ?)",
      ...[paymentHash, addIndex, expiresS * 1000],
    );
  }
  marks.raise("invoices-listed", seen.addIndex);
  marks.raise("invoices-added", seen.addIndex);
  marks.raise("invoices-settled", seen.settleIndex);
  marks.raise("forwards", seen.forwardNs);
  marks.raise("opened", BigInt(nowMs));
}

/**
 * The first meeting of these books with a node. Everything that the node has at that moment is the
 * owner's; only what comes later is credited to anybody. Done once, before anything is sold.
 */
export function createOpening(ports: MoneyPorts) {
  const marks = createMarks(ports.books.sql);
  let opened = false;
  let opening: Promise<void> | null = null;

  async function open(signal: AbortSignal | undefined): Promise<void> {
    if (marks.get("opened") !== 0n) return;
    let before = await look(ports, signal);
    for (let k = 0; k < steadyReads; k++) {
      const seen = await look(ports, signal);
      if (same(before, seen)) {
        await ports.books.commit(() => {
          if (marks.get("opened") === 0n) write(ports, seen);
        });
        return;
      }
      before = seen;
      await pause(ports.time.timers, "opening", steadyPauseMs, signal);
      signal?.throwIfAborted();
    }
    throw new TimmyError("lnd-starting", "The node's balances do not come to rest.");
  }
  return {
    /** Throws `lnd-away` and its like; nothing is posted then. */
    async ensure(signal?: AbortSignal): Promise<void> {
      if (opened) return;
      opening ??= open(signal).finally(() => {
        opening = null;
      });
      await opening;
      opened = true;
    },
  };
}
