import { encodeFrame } from "@timmy/firmware-bridge/frame-codec";
import type { Scenario, Stage } from "../stage.ts";

const stopFrame = (session: number, seq: number): Uint8Array =>
  encodeFrame({ type: "stop", seq, tick: 0, payload: { session } });

/** Silence is counted in ticks from the last good frame of the owner. */
const silences: Scenario[] = [
  [498, []],
  [500, ["link-lost"]],
  [501, ["link-lost"]],
].map(([ms, reasons]) => ({
  name: `${ms} ms of silence ${ms === 498 ? "are borne" : "latch link-lost"}`,
  play(stage: Stage) {
    stage.arm();
    stage.rig.send("heartbeat");
    stage.run(1 + Number(ms));
    stage.check({ reasons: reasons as ["link-lost"] | [] });
  },
}));

const frozenPeer: Scenario = {
  name: "a peer that freezes in mid-drive: rest by time to live and ramp, then link-lost",
  play(stage) {
    stage.arm();
    stage.drive(0.4, 0, 700);
    stage.run(140);
    stage.check({ mode: "armed", duty: "forward" });
    stage.run(320);
    stage.check({ mode: "armed", reasons: [] });
    stage.run(40);
    stage.check({ reasons: ["link-lost"] });
    stage.run(400);
    stage.check({ mode: "stopped", powered: false });
  },
};

/** Frames that a frozen peer's wire kept: it comes all at once when the peer wakes. */
const backlogs: Scenario[] = [5, 20, 60].map((frames) => ({
  name: `a backlog of ${frames} set-points after a freeze moves nothing`,
  play(stage: Stage) {
    stage.arm();
    stage.drive(0.3, 0, 400);
    const { generation } = stage.rig.state();
    stage.run(900);
    stage.check({ mode: "stopped", reasons: ["link-lost"] });
    for (let i = 0; i < frames; i++) {
      stage.setPoint({ linearMps: 0.3, generation, tick: stage.rig.tick() - 800 + 40 * i });
    }
    stage.run(300);
    stage.check({ mode: "stopped", powered: false, duty: "none" });
  },
}));

const backlogArmed: Scenario = {
  name: "a backlog within 500 ms moves nothing either: each is older than 250 ms",
  play(stage) {
    stage.arm();
    stage.drive(0.3, 0, 400);
    stage.run(450);
    stage.check({ mode: "armed", duty: "none" });
    const behind = stage.rig.tick();
    for (let i = 0; i < 5; i++) stage.setPoint({ linearMps: 0.3, tick: behind - 440 + 40 * i });
    stage.run(10);
    stage.check({ mode: "armed", duty: "none", answers: Array(5).fill("set-point stale") });
  },
};

const masters: Scenario[] = [
  {
    name: "a second master can neither drive nor disarm nor arm, but stop",
    play(stage) {
      stage.arm();
      const other = stage.master(0x2222);
      other.send("hello");
      stage.idle(1);
      stage.check({});
      other.send("set-point", { generation: stage.rig.state().generation, linearMps: 0.3 });
      other.send("disarm");
      other.send("arm", { nonce: 5 });
      stage.idle(1);
      stage.check({
        mode: "armed",
        duty: "none",
        answers: ["set-point owned", "disarm owned", "arm owned"],
      });
      other.send("stop");
      stage.run(100);
      stage.check({ mode: "stopped", reasons: ["stop"] });
    },
  },
  {
    name: "a stranger without a session may stop and e-stop",
    play(stage) {
      stage.arm();
      stage.bytes(stopFrame(0x7777, 9));
      stage.run(2);
      stage.check({ reasons: ["stop"] });
      stage.bytes(encodeFrame({ type: "estop", seq: 9, tick: 0, payload: { session: 0 } }));
      stage.run(1);
      stage.check({ reasons: ["stop", "estop"], powered: false });
    },
  },
  {
    name: "five masters: the owner keeps its place",
    play(stage) {
      stage.arm();
      for (let i = 1; i <= 5; i++) stage.master(0x3000 + i).send("hello");
      stage.drive(0.2, 0, 200);
      stage.check({ mode: "armed", duty: "forward" });
    },
  },
  {
    name: "the owner that is killed leaves a stop, and another master takes over after a reset",
    play(stage) {
      stage.arm();
      stage.drive(0.3, 0, 300);
      stage.run(800);
      stage.check({ mode: "stopped", reasons: ["link-lost"] });
      const next = stage.master(0x2222);
      next.send("hello");
      next.send("reset", { generation: stage.rig.state().generation });
      stage.run(1);
      stage.check({ mode: "disarmed", reasons: [] });
    },
  },
];

function damaged(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** A stop frame that is spoiled must not stop; the good frame behind it must. */
const spoils: readonly [string, (good: Uint8Array) => Uint8Array][] = [
  ["one bit wrong in its type", (good) => damaged(good, 2, 0)],
  ["one bit wrong in its checksum", (good) => damaged(good, good.length - 2, 3)],
  ["another version", (good) => damaged(good, 1, 1)],
  ["its first byte lost", (good) => good.subarray(1)],
  ["its middle lost", (good) => Uint8Array.from([...good.subarray(0, 5), ...good.subarray(8)])],
  ["its last byte before the zero lost", (good) => Uint8Array.from([...good.slice(0, -2), 0])],
  ["noise in place of it", () => Uint8Array.from({ length: 60 }, (_, i) => (i * 73 + 1) & 0xff)],
  ["200 bytes without a zero", () => new Uint8Array(200).fill(0x55)],
  ["an unknown type", () => Uint8Array.of(3, 1, 0x7f, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0)],
  ["an empty frame", () => Uint8Array.of(0, 0, 0, 0, 1, 0, 2, 0)],
];
const corrupted: Scenario[] = spoils.map(([what, spoil]) => ({
  name: `a frame with ${what} does nothing, and the good one behind it works`,
  play(stage: Stage) {
    stage.arm();
    stage.drive(0.2, 0, 100);
    const good = stopFrame(0x1111, 0x4000);
    stage.bytes(spoil(good));
    stage.drive(0.2, 0, 40);
    stage.check({ mode: "armed", reasons: [] });
    // Whatever the damage left open ends with this zero.
    stage.bytes(Uint8Array.of(0));
    stage.bytes(good);
    stage.run(3);
    stage.check({ reasons: ["stop"] });
  },
}));

const cut: Scenario = {
  name: "a frame in single bytes, one a tick, is whole at its last byte",
  play(stage) {
    stage.arm();
    const good = stopFrame(0x1111, 0x4000);
    for (const byte of good.subarray(0, -1)) {
      stage.bytes(Uint8Array.of(byte));
      stage.run(1);
    }
    stage.check({ reasons: [] });
    stage.bytes(Uint8Array.of(0));
    stage.run(1);
    stage.check({ reasons: ["stop"] });
  },
};

/** Sequence numbers: repeated, old and reordered frames are dropped; half the circle is ahead. */
const sequences: Scenario[] = [
  ["repeated", 0, false],
  ["old", -1, false],
  ["half the circle ahead", 0x7fff, true],
  ["half the circle behind", 0x8000, false],
  ["next", 1, true],
].map(([what, off, taken]) => ({
  name: `a disarm with a ${what} sequence number is ${taken ? "taken" : "dropped"}`,
  play(stage: Stage) {
    stage.arm();
    const last = stage.rig.send("heartbeat").seq;
    stage.run(1);
    stage.rig.send("disarm", {}, { seq: (last + Number(off)) & 0xffff });
    stage.run(3);
    stage.check({ mode: taken ? "disarmed" : "armed" });
  },
}));

const reordered: Scenario = {
  name: "two set-points in the wrong order: the newer one counts",
  play(stage) {
    stage.arm();
    const { generation } = stage.rig.state();
    const newer = { seq: 0x100, tick: stage.rig.tick() };
    const older = { seq: 0xff, tick: stage.rig.tick() };
    const motion = { generation, angularRadps: 0, ttlMs: 250 };
    stage.rig.send("set-point", { ...motion, linearMps: -0.3 }, newer);
    stage.rig.send("set-point", { ...motion, linearMps: 0.3 }, older);
    stage.run(60);
    stage.check({ mode: "armed", duty: "backward" });
  },
};

const echoes: Scenario = {
  name: "the core's own words on its receiving line are no commands",
  play(stage) {
    stage.arm();
    stage.bytes(
      encodeFrame({ type: "tuned", seq: 1, tick: 0, payload: { session: 0x1111, outcome: 0 } }),
    );
    stage.run(2);
    stage.check({ mode: "armed", reasons: [] });
  },
};

const flood: Scenario = {
  name: "more bytes in a tick than its share are read in the ticks after it",
  play(stage) {
    stage.arm();
    for (let i = 0; i < 40; i++) stage.rig.send("heartbeat");
    stage.rig.send("stop");
    stage.run(4);
    stage.check({ reasons: [] });
    stage.run(4);
    stage.check({ reasons: ["stop"] });
  },
};

const overflow: Scenario = {
  name: "bytes beyond the receive ring are dropped, and the link works again after them",
  play(stage) {
    stage.arm();
    for (let i = 0; i < 120; i++) stage.rig.send("heartbeat");
    stage.run(12);
    stage.bytes(Uint8Array.of(0));
    stage.rig.send("stop");
    stage.run(2);
    stage.check({ reasons: ["stop"] });
  },
};

/** The tick counter ends after 49 days; nothing notices. */
const wraps: Scenario[] = [100, 121, 150, 300, 500].map((before) => ({
  name: `the tick wraps ${before} ms after power-up`,
  startTick: 2 ** 32 - before,
  play(stage: Stage) {
    stage.arm();
    stage.drive(0.3, 0.2, 500);
    stage.check({ mode: "armed", duty: "forward", reasons: [] });
    stage.run(600);
    stage.check({ reasons: ["link-lost"] });
  },
}));

export const link: readonly Scenario[] = [
  ...silences,
  frozenPeer,
  ...backlogs,
  backlogArmed,
  ...masters,
  ...corrupted,
  cut,
  ...sequences,
  reordered,
  echoes,
  flood,
  overflow,
  ...wraps,
];
