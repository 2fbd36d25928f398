import { TimmyError } from "@timmy/shared/errors";
import { z } from "zod";
import type { Channel, Forward, NodeBalance } from "../lightning/backend.ts";
import { forwardPage, keptReconciliations, steadyPauseMs, steadyReads } from "./limits.ts";
import { createMarks } from "./marks.ts";
import { gapsOf, ledgerSide, nodeSide, sameBalance } from "./node-accounts.ts";
import { createOpening } from "./opening.ts";
import { pause } from "./pause.ts";
import type { Difference, MoneyPorts, Reconciler, Reconciliation } from "./port.ts";
import { postingsOf } from "./postings.ts";
import { type Evidence, explain, isHarmless, nameDifferences } from "./reconcile-plan.ts";

interface KeyedForward extends Forward {
  readonly key: string;
}
interface NodeView {
  readonly balance: NodeBalance;
  readonly channels: readonly Channel[];
  readonly forwards: readonly KeyedForward[];
  /** The ledger's newest journal, before and after the node was read. */
  readonly seq: number;
  readonly steady: boolean;
}

async function readNode(ports: MoneyPorts, signal: AbortSignal | undefined): Promise<NodeView> {
  const { books, backend } = ports;
  const seq = books.ledger.head().seq;
  const before = await backend.getBalance(signal);
  const forwards = await readForwards(ports, signal);
  const channels = await backend.channels(signal);
  const balance = await backend.getBalance(signal);
  const steady = sameBalance(before, balance) && books.ledger.head().seq === seq;
  return { balance, channels, forwards, seq, steady };
}

/**
 * Everything from the newest that was posted on. Its whole second is read again, so that two equal
 * forwards of one moment keep their numbers; what was posted has its key already.
 */
async function readForwards(
  ports: MoneyPorts,
  signal: AbortSignal | undefined,
): Promise<readonly KeyedForward[]> {
  const sinceNs = createMarks(ports.books.sql).get("forwards");
  const sinceS = Number(sinceNs / 1_000_000_000n);
  const found: KeyedForward[] = [];
  const equal = new Map<string, number>();
  for (let offset = 0; ; offset += forwardPage) {
    const page = await ports.backend.forwards({ sinceS, offset, limit: forwardPage }, signal);
    for (const forward of page) {
      const { atNs, channelIn, channelOut, amountOutMsat } = forward;
      const name = `forward:${atNs}:${channelIn}:${channelOut}:${amountOutMsat}`;
      const number = (equal.get(name) ?? 0) + 1;
      equal.set(name, number);
      const key = number === 1 ? name : `${name}:${number}`;
      if (atNs >= sinceNs) found.push({ ...forward, key });
    }
    if (page.length < forwardPage) return found;
  }
}

/** Posts inside a transaction; false when the owner cannot cover it, and nothing is changed. */
function createPoster(ports: MoneyPorts, posted: string[]) {
  return (key: string, entry: { kind: string; note: string; postings: Posted }): boolean => {
    const result = ports.books.ledger.post({
      ...{ ...entry, key, actor: "timmy", reference: "", party: "owner", service: "" },
    });
    if (result.ok && result.fresh) posted.push(key);
    return result.ok;
  };
}
type Posted = ReturnType<typeof postingsOf>;

function postForwards(ports: MoneyPorts, view: NodeView, post: ReturnType<typeof createPoster>) {
  const marks = createMarks(ports.books.sql);
  for (const { key, atNs, channelIn, channelOut, feeMsat } of view.forwards) {
    if (feeMsat > 0n) {
      const postings = postingsOf(
        ["asset:ln-hot", feeMsat],
        ["income:routing", -feeMsat],
        ["expense:distributed", feeMsat],
        ["party:owner", -feeMsat],
      );
      const note = `From channel ${channelIn} to ${channelOut}.`;
      if (!post(key, { kind: "routing-fee", note, postings })) {
        throw new TimmyError("internal", `${key} could not be posted.`);
      }
    }
    marks.raise("forwards", atNs);
  }
}

function evidenceOf(ports: MoneyPorts, channels: readonly Channel[]): Evidence {
  const known = new Set(
    ports.books.sql
      .all<{ point: string }>("SELECT point FROM known_channels")
      .map(({ point }) => point),
  );
  const listed = new Set(channels.map(({ point }) => point));
  return {
    opened: channels.filter(({ point }) => !known.has(point)),
    closedPoints: [...known].filter((point) => !listed.has(point)),
  };
}

/** From now on these channels are known, and those that were closed are not waited for. */
function rememberChannels(ports: MoneyPorts, seen: Evidence): void {
  const nowMs = Math.round(ports.time.clock.wallMs());
  for (const { point, capacityMsat } of seen.opened) {
    ports.books.sql.run(
      "INSERT INTO known_channels (point, capacity_msat, seen_ms) VALUES (?, ?, ?)",
      ...[point, capacityMsat, nowMs],
    );
  }
  for (const point of seen.closedPoints) {
    ports.books.sql.run("DELETE FROM known_channels WHERE point = ?", point);
  }
}

/** What payments took whose end is not known: amount and fee cap at most. */
function openPaymentsMsat(ports: MoneyPorts): bigint {
  const row = ports.books.sql.get<{ sum: bigint | null }>(
    `SELECT sum(amount_msat + max_fee_msat) AS sum FROM payments
     WHERE state IN ('sending', 'inflight', 'unknown') AND moved = 1`,
  );
  return row?.sum ?? 0n;
}

/** One comparison with a steady view, in one transaction: posts, then names what is left. */
function compare(ports: MoneyPorts, view: NodeView): Reconciliation {
  const { ledger } = ports.books;
  const posted: string[] = [];
  const post = createPoster(ports, posted);
  const node = nodeSide(view.balance);
  let { seq } = ledger.head();
  const undisturbed = view.steady && seq === view.seq;
  let differences: readonly Difference[];
  postForwards(ports, view, post);
  const gaps = gapsOf(node, ledgerSide(ledger));
  if (undisturbed) {
    const seen = evidenceOf(ports, view.channels);
    const { journals } = explain(gaps, seen);
    for (const journal of journals) {
      seq = ledger.head().seq;
      if (!post(`reconcile:${seq + 1}:${journal.kind}`, journal)) break;
    }
    const left = gapsOf(node, ledgerSide(ledger));
    differences = nameDifferences(left, node, openPaymentsMsat(ports));
    if (left.hotMsat === 0n && left.chainMsat === 0n) rememberChannels(ports, seen);
  } else {
    differences = nameDifferences(gaps, node, openPaymentsMsat(ports)).map((difference) => ({
      ...difference,
      kind: "moving",
      sentence: `Money moved while it was counted. ${difference.sentence}`,
    }));
  }
  const atMs = Math.round(ports.time.clock.wallMs());
  return { atMs, ok: differences.every(isHarmless), differences, posted };
}

const amount = z.string().transform((text) => BigInt(text));
const stored = z.object({
  differences: z.array(
    z.object({
      kind: z.string(),
      account: z.string(),
      ledgerMsat: amount,
      nodeMsat: amount,
      sentence: z.string(),
    }),
  ),
  posted: z.array(z.string()),
});

function store(ports: MoneyPorts, { atMs, ok, differences, posted }: Reconciliation): void {
  const { sql } = ports.books;
  const result = JSON.stringify({ differences, posted: posted.slice(0, 1000) }, (_key, value) =>
    typeof value === "bigint" ? value.toString() : (value as unknown),
  );
  sql.run(
    "INSERT INTO reconciliations (at_ms, ok, result) VALUES (?, ?, ?)",
    ...[atMs, ok ? 1 : 0, result],
  );
  sql.run(
    "DELETE FROM reconciliations WHERE seq <= (SELECT max(seq) FROM reconciliations) - ?",
    keptReconciliations,
  );
}

/** See `port.ts`. The first run posts what the node had before the books began. */
export function createReconciler(ports: MoneyPorts): Reconciler {
  const { books, time } = ports;
  const opening = createOpening(ports);

  async function run(signal?: AbortSignal): Promise<Reconciliation> {
    await opening.ensure(signal);
    for (let reads = 1; ; reads++) {
      const view = await readNode(ports, signal);
      const last = reads === steadyReads;
      const result = await books.commit(() => {
        const compared = compare(ports, view);
        if (compared.ok || last) store(ports, compared);
        return compared;
      });
      if (result.ok || last) return result;
      // A sale that is credited or a payment that ends in this moment is no difference.
      await pause(time.timers, "reconcile", steadyPauseMs, signal);
      signal?.throwIfAborted();
    }
  }
  let running: Promise<Reconciliation> | null = null;
  return {
    run(signal) {
      running ??= run(signal).finally(() => {
        running = null;
      });
      return running;
    },
    newest: (limit) =>
      books.sql
        .all<{ at_ms: bigint; ok: bigint; result: string }>(
          "SELECT at_ms, ok, result FROM reconciliations ORDER BY seq DESC LIMIT ?",
          limit,
        )
        .map((row) => ({
          ...{ atMs: Number(row.at_ms), ok: row.ok === 1n },
          ...stored.parse(JSON.parse(row.result)),
        })),
  };
}
