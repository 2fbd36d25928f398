import { describe, expect, it } from "vitest";
import { createArmedRig, createRig, type Rig } from "./rig.ts";

const restartFlag = 0x80;
const calm = { batteryMv: 7400, frontUs: 9000 };

/** One step frame in its session-less form; answers what came back. */
function step(rig: Rig, tick: number, flags = 0, over: Record<string, number> = {}) {
  rig.send("step", { ...calm, flags: flags | 0x30, ...over }, { tick });
  rig.run(1);
  return rig.take("stepped");
}

describe("HIL mode", () => {
  it("begins with a step frame while nobody armed, at that frame's tick", () => {
    const rig = createRig();
    rig.run(100);
    const [answer] = step(rig, 5000);
    expect(answer?.tick).toBe(5001);
    expect(answer?.payload.mode).toBe(0);
    expect(rig.core.poll()).toBe(true);
  });

  it("is refused while armed, and while a stopped robot still has its owner", () => {
    const rig = createArmedRig();
    rig.drive(0.2, 0, 100);
    const before = rig.state().badFrames;
    expect(step(rig, 5000)).toEqual([]);
    rig.drive(0.2, 0, 60);
    expect(rig.state().badFrames).toBe(before + 1);
    expect(rig.outputs().enable).toBe(true);
    rig.send("stop");
    rig.run(600);
    expect(rig.state().mode).toBe(4);
    expect(step(rig, 5000)).toEqual([]);
    expect(rig.core.poll()).toBe(false);
  });

  it("ticks once for a step, and not at all for a repeated one or by the host's clock", () => {
    const rig = createRig();
    rig.run(60);
    expect(step(rig, 7)[0]?.tick).toBe(8);
    expect(step(rig, 8)[0]?.tick).toBe(9);
    const again = step(rig, 8);
    expect(again).toHaveLength(1);
    expect(again[0]?.tick).toBe(9);
    rig.run(200);
    expect(step(rig, 9)[0]?.tick).toBe(10);
  });

  it("keeps the real pins off while the simulated ones are armed and drive", () => {
    const rig = createRig();
    rig.run(60);
    let tick = 0;
    const armed = (mode: number) => mode === 2;
    let answer = step(rig, tick++)[0];
    const feed = (bytes: Uint8Array) => {
      const view = new DataView(new ArrayBuffer(32));
      for (const [at, byte] of bytes.entries()) view.setUint8(at, byte);
      const words = Object.fromEntries(
        Array.from({ length: 8 }, (_, k) => [`word${k}`, view.getUint32(k * 4, true)]),
      );
      rig.send("feed", { count: bytes.length, ...words });
    };
    const inner = createRig({ session: 0x2222 });
    const frames: Uint8Array[] = [];
    inner.core.receive = (bytes) => void frames.push(bytes.slice());
    const flush = () => {
      for (const bytes of frames.splice(0)) feed(bytes);
    };
    for (; tick < 100; ) answer = step(rig, tick++, 0, { frontUs: tick % 60 === 9 ? 9000 : 0 })[0];
    inner.send("hello");
    flush();
    step(rig, tick++);
    const nonce = rig.take("core-hello").at(-1)?.payload.nonce ?? 0;
    inner.send("arm", { nonce });
    flush();
    answer = step(rig, tick++)[0];
    expect(armed(answer?.payload.mode ?? 0)).toBe(true);
    const motion = { generation: 1, linearMps: -0.3, angularRadps: 0, ttlMs: 250 };
    inner.send("set-point", motion, { tick: tick });
    flush();
    for (let k = 0; k < 40; k++) {
      answer = step(rig, tick++)[0];
      expect([rig.outputs().enable, rig.outputs().leftDuty]).toEqual([false, 0]);
    }
    expect(answer?.payload.enable).toBe(1);
    expect(answer?.payload.leftDuty).toBeLessThan(-0.05);
  });

  it("starts over with the restart flag: the same inputs give the same trace", () => {
    const rig = createRig();
    rig.run(60);
    const run = () => {
      step(rig, 100, restartFlag);
      let trace = 0;
      for (let tick = 101; tick < 160; tick++) trace = step(rig, tick)[0]?.payload.trace ?? 0;
      return trace;
    };
    expect(run()).toBe(run());
  });
});
