import type { MarketView } from "@timmy/shared/money/views";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timers } from "@timmy/shared/ports/time";
import { workMs } from "../market/limits.ts";
import type { RobotGateway } from "../robot-gateway.ts";
import type { TreasuryClient } from "./treasury-client.ts";

/** The agent of this house whose work is done by the robot. */
const robotWorker = "helm-001";

type Auction = MarketView["auctions"][number];

/**
 * Does with the robot what Helm was awarded, one after the other, and tells the treasury what was
 * measured. An auction that was being worked on when a process died is begun anew. What other
 * agents were awarded is ended by whoever does it: `POST /api/market/tasks/ID/complete`.
 */
export function startAuctionWorker(ports: {
  readonly treasury: Pick<TreasuryClient, "forward" | "onNews">;
  readonly robot: Pick<RobotGateway, "hearTask" | "onChange" | "snapshot">;
  readonly timers: Timers;
  readonly logger: Logger;
}): () => void {
  const { treasury, robot, timers, logger } = ports;
  let busy = false;
  let stopped = false;

  async function next(): Promise<Auction | null> {
    const answer = await treasury.forward("GET", "/api/market", "");
    if (answer === null || !answer.ok) return null;
    const { auctions } = (await answer.json()) as MarketView;
    const own = auctions.filter(
      ({ state, winner }) => state === "executing" && winner === robotWorker,
    );
    return own.at(-1) ?? null;
  }
  /** Nobody's instruction is pushed aside for money. */
  const isIdle = () => {
    const { status, state } = robot.snapshot();
    return status === "online" && (state.mind?.task_id ?? null) === null;
  };
  async function work({ task }: Auction): Promise<{ ok: boolean; result: string }> {
    const { promise, resolve } = Promise.withResolvers<{ ok: boolean; result: string }>();
    let taskId: string | null = null;
    const ended = new Map<string, { ok: boolean; result: string }>();
    const look = () => {
      const outcome = taskId === null ? undefined : ended.get(taskId);
      if (outcome !== undefined) resolve(outcome);
    };
    const end = robot.onChange((change) => {
      if (change.type !== "event" || change.data.kind !== "task") return;
      const { phase, task_id, outcome, sentence } = change.data.payload;
      if (phase === "ended") ended.set(task_id, { ok: outcome === "done", result: sentence });
      look();
    });
    const timer = timers.after("awarded work", workMs, () =>
      resolve({ ok: false, result: "The robot did not end it in time." }),
    );
    try {
      const told = await robot.hearTask(task);
      if (!told.ok || told.taskId === null) return { ok: told.ok, result: told.sentence };
      taskId = told.taskId;
      look();
      return await promise;
    } finally {
      timer.cancel();
      end();
    }
  }
  async function look(): Promise<void> {
    if (busy || stopped || !isIdle()) return;
    busy = true;
    try {
      const auction = await next();
      if (auction === null || stopped || !isIdle()) return;
      const outcome = await work(auction);
      const path = `/api/market/tasks/${auction.id}/complete`;
      await treasury.forward("POST", path, JSON.stringify(outcome));
    } catch (error) {
      logger.warn("an awarded task could not be worked on", { error: String(error) });
    } finally {
      busy = false;
    }
  }
  const ends = [
    treasury.onNews(({ type }) => {
      if (type === "view") void look();
    }),
    robot.onChange((change) => {
      if (change.type === "state" && change.data.group === "mind") void look();
    }),
  ];
  return () => {
    stopped = true;
    for (const end of ends) end();
  };
}
