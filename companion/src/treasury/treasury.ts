import type { MakeId } from "@timmy/shared/ids";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import type { Payments, Reconciliation, Sales } from "../payments/port.ts";
import { createAlarmBook } from "./alarm-book.ts";
import { createApprovalDesk, toApprovalView } from "./approval-desk.ts";
import { createColdStorage } from "./cold-storage.ts";
import { readAmounts, readDestination, readPeer } from "./destination.ts";
import { earningsOf } from "./earnings.ts";
import { createExecution } from "./execution.ts";
import type { KeyRing } from "./key-file.ts";
import { defaultPolicy, lookMs, roundMs, shownRequests, tickMs } from "./limits.ts";
import { createMarks } from "./marks.ts";
import { createNodeCall } from "./node-call.ts";
import { createNodeSnapshot } from "./node-snapshot.ts";
import { createOwnerDesk } from "./owner-desk.ts";
import type { AskResult, ChannelAsk, Treasury, WithdrawalAsk } from "./port.ts";
import { createRebalancing } from "./rebalancing.ts";
import { createRequestStore } from "./request-store.ts";
import { createRounds } from "./rounds.ts";
import { createSecondFactor } from "./second-factor.ts";
import type { TreasuryGate } from "./spending-gate.ts";
import { createSweeper } from "./sweeper.ts";
import { createView, journalsViewOf, paymentsViewOf } from "./treasury-view.ts";

export interface TreasuryPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly payments: Payments;
  readonly sales: Sales;
  /** The one that `payments` was given. */
  readonly gate: TreasuryGate;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly logger: Logger;
  readonly keys: KeyRing;
  /** The newest reconciliation. */
  readonly proof: () => Reconciliation | null;
}

/** The parts of the treasury, each knowing only what it needs. */
function assemble(ports: TreasuryPorts, ended: AbortSignal, onChange: () => void) {
  const { books, backend, gate, keys, makeId, time } = ports;
  const { clock } = time;
  const call = createNodeCall(time.timers, ended);
  const marks = createMarks(books);
  const alarms = createAlarmBook({ ...ports, clock, onChange });
  const factor = createSecondFactor({ ...ports, clock, elapsed: gate.elapsed });
  const requests = createRequestStore({ books, keys, wallMs: clock.wallMs });
  const desk = createApprovalDesk({ books, clock, makeId, gate, factor, requests });
  const cold = createColdStorage({ books, clock, keys, factor, network: backend.network });
  const node = createNodeSnapshot({ backend, clock, call });
  const shared = { ...ports, clock, call, marks, alarms, factor, requests, desk, cold, node };
  const rebalancing = createRebalancing(shared);
  return {
    ...shared,
    rebalancing,
    execution: createExecution({ ...shared, onChange }),
    sweep: createSweeper(shared),
    view: createView({ ...shared, rebalancing: rebalancing.note }),
    owner: createOwnerDesk(shared),
  };
}
type Parts = ReturnType<typeof assemble>;

function askWithdrawal(parts: Parts, ask: WithdrawalAsk): AskResult {
  const amounts = readAmounts(ask.amountMsat, ask.feeCapMsat);
  if (!amounts.ok) return amounts;
  const { amountMsat } = amounts.value;
  const to = readDestination(parts.backend, ask.destination, amountMsat, parts.clock.wallMs());
  if (!to.ok) return to;
  if (ask.requestedBy === "timmy") return { ok: false, code: "provenance-refused", details: "" };
  const { kind = "withdrawal" } = ask;
  // A sweep holds its fee alone: nobody but the sweeper asks for one.
  if (kind !== "withdrawal" && kind !== "payment") {
    return { ok: false, code: "bad-payload", details: "There is no such kind." };
  }
  return parts.desk.ask({ ...ask, ...amounts.value, kind, destination: to.value });
}

function askChannel(parts: Parts, ask: ChannelAsk): AskResult {
  const amounts = readAmounts(ask.capacityMsat, ask.feeCapMsat);
  if (!amounts.ok) return amounts;
  if (amounts.value.amountMsat % 1000n !== 0n) {
    return { ok: false, code: "bad-amount", details: "A channel holds whole satoshi." };
  }
  const to = readPeer(ask.peerPubkey, ask.peerAddress);
  if (!to.ok) return to;
  const { key, why, requestedBy } = ask;
  const rest = { party: "owner", kind: "channel", destination: to.value } as const;
  return parts.desk.ask({ key, why, requestedBy, ...amounts.value, ...rest });
}

/** Reads of the treasury: all of them answer from the books and from what the node last said. */
function createReads(parts: Parts) {
  const { books, clock, requests, payments, sales, gate } = parts;
  const approvals = () => ({
    approvals: requests.newest(shownRequests).map((row) => toApprovalView(requests, row)),
  });
  const earnings = (days: number) => earningsOf(books.ledger, clock.wallMs(), days);
  return {
    approvals,
    earnings,
    view: parts.view,
    approval(id: string) {
      const row = requests.get(id);
      return row === null ? null : toApprovalView(requests, row);
    },
    journals: (page: { readonly before: number; readonly limit: number }) =>
      journalsViewOf(books.ledger, page.before, page.limit),
    payments: (page: { readonly limit: number }) => paymentsViewOf(payments, sales, page.limit),
    report: (days: number) => ({
      earnings: earnings(days),
      tiers: parts.view().tiers,
      holds: books.ledger
        .openHolds()
        .map((hold) => ({ ...hold, ageMs: Math.max(0, clock.wallMs() - hold.createdMs) })),
      approvals: approvals(),
      proof: parts.proof(),
      rebalancing: parts.rebalancing.note(),
    }),
    policy: () => gate.store.policy() ?? { ...defaultPolicy, version: -1 },
    approvers: parts.factor.approvers,
    whose: parts.factor.whose,
  };
}

/** Whatever became of it, the screens are told; what may leave now leaves by itself. */
function createWrites(parts: Parts, tell: () => void, go: () => void) {
  const { desk, owner, factor, cold } = parts;
  function after<T extends { readonly ok: boolean }>(result: T): T {
    tell();
    if (result.ok) go();
    return result;
  }
  return {
    requestWithdrawal: (ask) => after(askWithdrawal(parts, ask)),
    requestChannel: (ask) => after(askChannel(parts, ask)),
    approve: (id, decision) => after(desk.decide(id, "approve", decision)),
    deny: (id, decision) => after(desk.decide(id, "deny", decision)),
    setKillSwitch: (on, given) => after(owner.setKillSwitch(on, given)),
    setPolicy: (change, given) => after(owner.setPolicy(change, given)),
    setBudget: (party, budget, given) => after(owner.setBudget(party, budget, given)),
    fund: (party, amount, given) => after(owner.fund(party, amount, given)),
    prove: owner.prove,
    enrol: factor.enrol,
    confirmEnrolment: (who, code) => after(factor.confirm(who, code)),
    setDescriptor: (descriptor, given) => after(cold.set(descriptor, given)),
    confirmDescriptor: (address, given) => after(cold.confirm(address, given)),
    alarm: parts.alarms.add,
  } satisfies Partial<Treasury>;
}

/** See `port.ts`. Starts nothing by itself; `tick` may be called by hand. */
export function createTreasury(ports: TreasuryPorts): Treasury {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listen of listeners) listen();
  };
  const ended = new AbortController();
  const parts = assemble(ports, ended.signal, tell);
  const rounds = createRounds({ ...parts, ended: ended.signal, tell });
  const timers: Timer[] = [];
  let unlisten: () => void = () => {};
  const go = () => {
    if (timers.length > 0) void rounds.carryOut();
  };
  return {
    ...createReads(parts),
    ...createWrites(parts, tell, go),
    tick: rounds.tick,
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    async refresh() {
      await parts.node.refresh();
      tell();
    },
    start() {
      if (timers.length > 0 || ended.signal.aborted) return;
      const clockwork = ports.time.timers;
      timers.push(
        clockwork.every("treasury-requests", tickMs, go),
        clockwork.every("treasury-node", lookMs, () => void rounds.look()),
        clockwork.every("treasury-round", roundMs, () => void rounds.tick()),
      );
      const endPayments = ports.payments.onChange(() => {
        parts.node.moved();
        tell();
        go();
      });
      const endSales = ports.sales.onPaid(() => {
        parts.node.moved();
        tell();
      });
      unlisten = () => {
        endPayments();
        endSales();
      };
      void rounds.tick();
    },
    async stop() {
      for (const timer of timers.splice(0)) timer.cancel();
      unlisten();
      ended.abort();
      await parts.execution.stop();
      await rounds.settled();
    },
  };
}
