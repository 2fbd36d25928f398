import { afterEach, describe, expect, it } from "vitest";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

afterEach(endAll);

async function driving(): Promise<RunningTimmy> {
  const timmy = await startTimmy(["--headless"]);
  const answer = await timmy.post("/api/robot/hear", { text: "go to the kitchen" });
  expect(answer.body).toMatchObject({ ok: true });
  await timmy.truthWhen((truth) => truth.speedMps > 0.3, 30_000);
  return timmy;
}

/** Simulated milliseconds from a killing to the true standstill, which must then last. */
async function standstillAfter(timmy: RunningTimmy, part: "companion" | "broker" | "robot") {
  const killedMs = (await timmy.truthNow()).timeMs;
  process.kill(timmy.pidOf(part), "SIGKILL");
  const still = await timmy.truthWhen((t) => Math.abs(t.speedMps) < 0.01, 10_000);
  await timmy.truthWhen((t) => t.timeMs > still.timeMs + 1500, 10_000);
  expect(Math.abs(timmy.truth().speedMps)).toBeLessThan(0.01);
  return still.timeMs - killedMs;
}

/**
 * The set-point's time to live (150 ms), the ramp from 0.5 m/s at 1 m/s2, and what the figures
 * are read with: the truth comes every 50 ms, and speed falls under 0.01 m/s a little later.
 */
const ttlAndRampMs = 150 + 500 + 150;

describe("kill -9 in the middle of a drive", () => {
  it("of the robot: the core stops the wheels by itself, and a reset brings it back", async () => {
    const timmy = await driving();
    expect(await standstillAfter(timmy, "robot")).toBeLessThan(ttlAndRampMs);
    await timmy.saysWithin("The robot process was killed (SIGKILL)", 5000);
    await timmy.saysWithin("The robot process is back.", 10_000);
    await timmy.online();
    // Its successor finds the latched stop, refuses to drive, and knows where it is.
    await timmy.hears('"stop_state":"stopped"');
    const safety = (await timmy.state("safety")) as { stop_reason: string; stop_speed_mps: number };
    expect(safety.stop_reason).toContain("link-lost");
    expect(safety.stop_speed_mps).toBeLessThan(0.01);
    expect(await timmy.events("task")).toContainEqual(
      expect.objectContaining({ phase: "ended", outcome: "aborted", reason: "robot-away" }),
    );
    const again = { text: "go to the bedroom" };
    const refused = await timmy.post("/api/robot/hear", again);
    expect(refused.body).toMatchObject({ code: "stopped" });
    const { generation } = (await timmy.state("safety")) as { generation: number };
    expect((await timmy.post("/api/robot/reset", { generation })).body).toMatchObject({ ok: true });
    expect((await timmy.post("/api/robot/hear", again)).body).toMatchObject({ ok: true });
    await timmy.truthWhen((t) => t.speedMps > 0.3, 20_000);
    const pose = (await timmy.state("pose")) as { x_m: number; y_m: number };
    const { xM, yM } = timmy.truth();
    expect(Math.hypot(pose.x_m - xM, pose.y_m - yM)).toBeLessThan(0.4);
    expect(timmy.truth().contacts).toBe(0);
  });
  it("of the companion: the lease ends, the robot stands still", async () => {
    const timmy = await driving();
    expect(await standstillAfter(timmy, "companion")).toBeLessThan(300 + ttlAndRampMs);
    await timmy.saysWithin("The companion process was killed (SIGKILL)", 5000);
    expect(timmy.truth().contacts).toBe(0);
  });
  it("of the broker: the connection is gone, the robot stands still", async () => {
    const timmy = await driving();
    expect(await standstillAfter(timmy, "broker")).toBeLessThan(300 + ttlAndRampMs);
    await timmy.saysWithin("The broker process was killed (SIGKILL)", 5000);
    expect(timmy.truth().contacts).toBe(0);
  });
});

describe("Ctrl-C", () => {
  it("in a drive stops the robot first, then leaves without an orphan", async () => {
    const timmy = await driving();
    const pids = (["broker", "world", "robot", "treasury", "companion"] as const).map(timmy.pidOf);
    expect(await timmy.interrupt()).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
    const order = [...timmy.said().matchAll(/Stopping the (\w+) process/g)].map((m) => m[1]);
    expect(order[0]).toBe("robot");
    expect(order).toHaveLength(5);
  });
});
