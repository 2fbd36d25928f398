import { TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { Books } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import type { ColdStorage } from "./cold-storage.ts";
import { sweepFeeCapMsat } from "./limits.ts";
import type { Marks } from "./marks.ts";
import type { NodeCall } from "./node-call.ts";
import type { RequestStore } from "./request-store.ts";
import type { TreasuryGate } from "./spending-gate.ts";
import { stepSweep } from "./sweep.ts";

export interface SweeperPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly gate: TreasuryGate;
  readonly desk: ApprovalDesk;
  readonly requests: RequestStore;
  readonly cold: ColdStorage;
  readonly marks: Marks;
  readonly alarms: AlarmBook;
  readonly call: NodeCall;
  readonly makeId: MakeId;
}

const armedMark = "sweep-armed";

/** Looks at the wallet once, and asks for one sweep at each crossing of the limit. */
export function createSweeper(ports: SweeperPorts): () => Promise<void> {
  const { books, backend, gate, desk, requests, cold, marks, alarms, call, makeId } = ports;

  /** A sweep that failed left the money where it was: the crossing counts again. */
  function isArmed(): boolean {
    const asked = marks.get(armedMark);
    if (asked === null || asked === "") return true;
    return requests.get(asked)?.state === "failed";
  }
  /** At most one sweep is open: one that still waits gives way, one that was approved does not. */
  function clearTheWay(): boolean {
    const open = requests.inState("pending", "approved", "executing", "sent");
    const sweeps = open.filter((row) => row.kind === "sweep");
    if (sweeps.some((row) => row.state !== "pending")) return false;
    for (const row of sweeps) desk.close(row, "expire", "A newer sweep takes its place.");
    return true;
  }
  function propose(amountMsat: bigint): void {
    try {
      books.write(() => {
        if (!clearTheWay()) return;
        const address = cold.takeAddress();
        if (address === null) throw new TimmyError("sweep-not-due", "No descriptor is confirmed.");
        const asked = desk.ask({
          key: `sweep:${makeId()}`,
          kind: "sweep",
          party: "owner",
          requestedBy: "timmy",
          why: "Warm is at its limit.",
          amountMsat,
          feeCapMsat: sweepFeeCapMsat,
          destination: { kind: "address", text: address, payee: address, expiresMs: Infinity },
        });
        // Thrown, so that the address is not used up.
        if (!asked.ok) throw new TimmyError(asked.code, asked.details);
        marks.set(armedMark, asked.approval.id);
      });
    } catch (error) {
      alarms.fault("Warm is at its limit, but the sweep could not be asked for.", error);
    }
  }
  return async () => {
    const policy = gate.store.policy();
    if (policy === null) return;
    const balance = await call((signal) => backend.getBalance(signal));
    const coins = await call((signal) => backend.unspent(signal));
    const armed = isArmed();
    const step = stepSweep({
      ...{ balance, coins, armed },
      openingMsat: requests.openingMsat(),
      atMsat: policy.sweepAtMsat,
      toMsat: policy.sweepToMsat,
      feeCapMsat: sweepFeeCapMsat,
    });
    if (step.kind === "propose") propose(step.amountMsat);
    if (step.kind === "none" && step.armed && !armed) marks.set(armedMark, "");
  };
}
