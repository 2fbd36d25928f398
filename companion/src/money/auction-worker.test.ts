import type { MarketView } from "@timmy/shared/money/views";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import type { RobotChange, RobotSnapshot } from "../robot-view.ts";
import { startAuctionWorker } from "./auction-worker.ts";
import type { TreasuryNews } from "./treasury-client.ts";

const auction = (id: string, winner: string, state = "executing") =>
  ({ id, winner, state, task: "go to the kitchen" }) as MarketView["auctions"][number];
const ended = (taskId: string, outcome: string) =>
  ({
    type: "event",
    data: {
      kind: "task",
      payload: { phase: "ended", task_id: taskId, outcome, sentence: "Arrived: 0.05 m from it." },
    },
  }) as RobotChange;

/** A treasury with these auctions, and a robot that begins what it hears. */
function setUp(auctions: readonly MarketView["auctions"][number][], doing: string | null = null) {
  const told: string[] = [];
  const time = createVirtualTime();
  const completed = Promise.withResolvers<string>();
  let tellNews: (news: TreasuryNews) => void = () => {};
  const changes = new Set<(change: RobotChange) => void>();
  const heard = Promise.withResolvers<void>();
  const stop = startAuctionWorker({
    treasury: {
      async forward(method, path, body) {
        if (method === "POST") completed.resolve(`${path} ${body}`);
        return Response.json({ auctions });
      },
      onNews(listen) {
        tellNews = listen;
        return () => {};
      },
    },
    robot: {
      async hearTask(text) {
        told.push(text);
        heard.resolve();
        return { ok: true, code: null, sentence: "", taskId: "t1", speedMps: null };
      },
      onChange(listen) {
        changes.add(listen);
        return () => changes.delete(listen);
      },
      snapshot: () =>
        ({ status: "online", state: { mind: { task_id: doing } } }) as unknown as RobotSnapshot,
    },
    timers: time.timers,
    logger: createMemoryLogger(),
  });
  const news = () => tellNews({ type: "view", data: {} as never });
  const change = (what: RobotChange) => {
    for (const listen of [...changes]) listen(what);
  };
  return { told, heard: heard.promise, completed: completed.promise, news, change, stop, time };
}

describe("the worker of awarded tasks", () => {
  it("does with the robot what helm was awarded, and tells what was measured", async () => {
    const { news, heard, change, completed, told } = setUp([auction("a1", "helm-001")]);
    news();
    await heard;
    await new Promise(setImmediate);
    change(ended("t1", "done"));
    expect(await completed).toBe(
      '/api/market/tasks/a1/complete {"ok":true,"result":"Arrived: 0.05 m from it."}',
    );
    expect(told).toEqual(["go to the kitchen"]);
  });
  it("tells a failure as one", async () => {
    const { news, heard, change, completed } = setUp([auction("a1", "helm-001")]);
    news();
    await heard;
    await new Promise(setImmediate);
    change(ended("t1", "failed"));
    expect(await completed).toContain('"ok":false');
  });
  it("gives up a robot that never ends it", async () => {
    const { news, heard, completed, time } = setUp([auction("a1", "helm-001")]);
    news();
    await heard;
    time.advanceTo(600_000);
    expect(await completed).toContain("did not end it in time");
  });
  it("leaves alone what others were awarded, and what is over", async () => {
    const { news, told } = setUp([auction("a1", "forge-001"), auction("a2", "helm-001", "failed")]);
    news();
    await new Promise(setImmediate);
    expect(told).toEqual([]);
  });
  it("pushes nobody's instruction aside", async () => {
    const { news, told } = setUp([auction("a1", "helm-001")], "t0");
    news();
    await new Promise(setImmediate);
    expect(told).toEqual([]);
  });
});
