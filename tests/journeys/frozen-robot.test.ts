import { afterEach, describe, expect, it } from "vitest";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

afterEach(endAll);

const frozenMs = 5000;
/** Time to live (150 ms), the ramp from 0.5 m/s at 1 m/s2, and how coarsely the truth is read. */
const ttlAndRampMs = 150 + 500 + 150;

async function driving(): Promise<RunningTimmy> {
  const timmy = await startTimmy(["--headless"]);
  const answer = await timmy.post("/api/robot/hear", { text: "go to the kitchen" });
  expect(answer.body).toMatchObject({ ok: true });
  await timmy.truthWhen((truth) => truth.speedMps > 0.3, 30_000);
  return timmy;
}

describe("the robot process is frozen for 5 s in mid-drive", () => {
  it("the core stops the wheels, nothing of the backlog moves them, and a reset goes on", async () => {
    const timmy = await driving();
    const pid = timmy.pidOf("robot");
    const from = (await timmy.truthNow()).timeMs;
    process.kill(pid, "SIGSTOP");
    const still = await timmy.truthWhen((t) => Math.abs(t.speedMps) < 0.01, 10_000);
    expect(still.timeMs - from).toBeLessThan(ttlAndRampMs);
    const before = await timmy.truthWhen((t) => t.timeMs > from + frozenMs, 30_000);
    process.kill(pid, "SIGCONT");
    const after = await timmy.truthWhen((t) => t.timeMs > before.timeMs + 2000, 30_000);
    // Standing for seven seconds with every tick seen: the place is the same to the millimetre.
    expect(Math.hypot(after.xM - before.xM, after.yM - before.yM)).toBeLessThan(0.001);
    expect(Math.abs(after.speedMps)).toBeLessThan(0.01);
    expect(timmy.pidOf("robot")).toBe(pid);
    const { generation } = (await timmy.state("safety")) as { generation: number };
    expect((await timmy.post("/api/robot/reset", { generation })).body).toMatchObject({ ok: true });
    const again = await timmy.post("/api/robot/hear", { text: "go to the kitchen" });
    expect(again.body).toMatchObject({ ok: true });
    await timmy.truthWhen((t) => t.speedMps > 0.3, 20_000);
    expect(timmy.truth().contacts).toBe(0);
  });
});
