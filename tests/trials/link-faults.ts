import { cobsDecode, cobsEncode } from "@timmy/firmware-bridge/cobs";
import { createArmedRig, type Rig } from "@timmy/firmware-bridge/conformance/rig";
import type { Frame } from "@timmy/firmware-bridge/frame-codec";
import { crc16, createFrameDecoder, encodeFrame } from "@timmy/firmware-bridge/frame-codec";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import type { Trial } from "./trial.ts";

/** What a fault's bytes must lead to. */
interface Fault {
  readonly bytes: Uint8Array;
  /** Frames that are whole and new, but must be refused. */
  readonly refusals: number;
  /** Frames that are whole, but repeated or old. */
  readonly old: number;
  /** Without its end: the next good frame is lost too. */
  readonly open: boolean;
}

const session = 0x1111;
/** What a damaged frame asks for; nobody else asks for it. */
const poison = { linearMps: -0.3, angularRadps: 1.5, ttlMs: 250 };
const fault = (bytes: Uint8Array, over: Partial<Fault> = {}): Fault => ({
  bytes,
  refusals: 0,
  old: 0,
  open: false,
  ...over,
});

function poisoned(rig: Rig, over: { generation?: number; age?: number; session?: number }): Frame {
  const generation = rig.state().generation + (over.generation ?? 0);
  const tick = (rig.tick() - (over.age ?? 0)) >>> 0;
  // The seq is filled in by whoever sends it.
  const payload = { session: over.session ?? session, ...poison, generation };
  return { type: "set-point", seq: 0, tick, payload };
}

/** Ways to spoil a set-point. Each gets whole bytes with the next sequence number. */
const spoils: Readonly<Record<string, (good: Uint8Array, random: Random) => Fault>> = {
  flip(good, random) {
    const copy = good.slice();
    const at = Math.floor(random.uniform() * (good.length - 1));
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random.uniform() * 8));
    return fault(copy);
  },
  burst(good, random) {
    const copy = good.slice();
    const at = Math.floor(random.uniform() * (good.length - 2));
    copy[at] = 1 + Math.floor(random.uniform() * 255);
    copy[at + 1] = (copy[at + 1] ?? 0) ^ 0x81;
    return fault(copy);
  },
  cut(good, random) {
    const from = Math.floor(random.uniform() * (good.length - 2));
    const to = from + 1 + Math.floor(random.uniform() * (good.length - 2 - from));
    return fault(Uint8Array.from([...good.subarray(0, from), ...good.subarray(to)]));
  },
  endless: (good) => fault(good.slice(0, -1), { open: true }),
  noise: (_good, random) =>
    fault(
      Uint8Array.from({ length: 40 }, (_, k) =>
        k === 39 ? 0 : Math.floor(random.uniform() * 256),
      ),
    ),
};
type Kind = keyof typeof spoils | "repeat" | "reorder" | "stale" | "generation" | "stranger";
const kinds: readonly Kind[] = [
  ...Object.keys(spoils),
  ...["repeat", "reorder", "stale", "generation", "stranger"],
];

/** Numbers the rig's next frame without sending it. */
function createFault(kind: Kind, rig: Rig, seq: number, random: Random): Fault {
  const whole = (over: Parameters<typeof poisoned>[1], at = seq) =>
    encodeFrame({ ...poisoned(rig, over), seq: at & 0xffff } as Frame);
  if (kind === "repeat" || kind === "reorder") {
    const back = kind === "repeat" ? 1 : 2 + Math.floor(random.uniform() * 1000);
    return fault(whole({}, seq - back), { old: 1 });
  }
  if (kind === "stale") return fault(whole({ age: 260 }), { refusals: 1 });
  if (kind === "generation") return fault(whole({ generation: 1 }), { refusals: 1 });
  if (kind === "stranger") return fault(whole({ session: 0x9999 }), { refusals: 1 });
  const spoil = spoils[kind];
  if (spoil === undefined) throw new RangeError(kind);
  return spoil(whole({}), random);
}

/** The planted fault: as if the core did not look at checksums. */
function forgiving(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte !== 0) continue;
    const plain = cobsDecode(bytes.subarray(from, at));
    if (plain !== null && plain.length > 2) {
      const body = plain.slice(0, -2);
      const crc = crc16(body);
      pieces.push(cobsEncode(Uint8Array.from([...body, crc & 0xff, crc >> 8])));
    } else pieces.push(bytes.slice(from, at + 1));
    from = at + 1;
  }
  pieces.push(bytes.slice(from));
  return Buffer.concat(pieces);
}

interface Tally {
  injected: number;
  motionTicks: number;
  lateAnswers: number;
  wrongCounts: number;
  armings: number;
  counted: number;
  refused: number;
}

/** More than this at a wheel is motion that nobody admitted while the robot was told to rest. */
const restMps = 0.02;
const watchMs = 25;

function inject(rig: Rig, kind: Kind, random: Random, plant: boolean, tally: Tally): void {
  const last = rig.send("heartbeat").seq;
  rig.plant.faults.obstacleM = rig.plant.truth.wayM + 2 + random.uniform();
  rig.run(20);
  // The rig keeps every frame that nobody takes.
  for (const type of ["ack", "state"] as const) rig.take(type);
  const before = rig.state().badFrames;
  const { bytes, refusals, old, open } = createFault(kind, rig, last + 1, random);
  const wire = plant ? forgiving(bytes) : bytes;
  rig.core.receive(wire);
  rig.run(2);
  // Two good frames: the first may only be lost when the fault swallowed its beginning.
  rig.send("param-get", { id: 1 }, { seq: (last + 2) & 0xffff });
  rig.run(1);
  rig.send("param-get", { id: 2 }, { seq: (last + 3) & 0xffff });
  let motion = 0;
  rig.run(watchMs, () => {
    const { leftMps, rightMps } = rig.plant.truth;
    if (Math.abs(leftMps) > restMps || Math.abs(rightMps) > restMps) motion++;
  });
  const heard = rig.take("param").map(({ payload }) => payload.id);
  const refusedNow = rig.take("ack").filter(({ payload }) => payload.code !== 0).length;
  const decoder = createFrameDecoder();
  decoder.push(bytes, () => {});
  const broken = decoder.bad() + (open ? 1 : 0);
  const counted = rig.state().badFrames - before;
  tally.injected++;
  tally.motionTicks += motion;
  tally.counted += counted;
  tally.refused += refusedNow;
  if (!heard.includes(2) || (!open && !heard.includes(1))) tally.lateAnswers++;
  if (counted !== broken + old || refusedNow !== refusals) tally.wrongCounts++;
  // Keeps the rig's own numbers ahead of those used here.
  rig.send("heartbeat", {}, { seq: (last + 4) & 0xffff });
  for (let skip = 0; skip < 4; skip++) rig.send("heartbeat");
  rig.run(1);
}

/** Armed, and its state frames say so. */
function createLiveRig(): Rig {
  const rig = createArmedRig();
  rig.run(25);
  return rig;
}

export const trial: Trial = {
  title: "Damaged, cut, repeated, reordered, stale and foreign frames on the link of a live core",
  defaultN: 10_000,
  async run({ n, seed, plant }) {
    const random = createRandom(seed);
    const tally: Tally = {
      injected: 0,
      motionTicks: 0,
      lateAnswers: 0,
      wrongCounts: 0,
      armings: 0,
      counted: 0,
      refused: 0,
    };
    let rig = createLiveRig();
    for (let k = 0; k < n; k++) {
      if (rig.state().mode !== 2) {
        rig = createLiveRig();
        tally.armings++;
      }
      const kind = kinds[Math.floor(random.uniform() * kinds.length)] ?? "flip";
      inject(rig, kind, random, plant, tally);
    }
    const { injected, motionTicks, lateAnswers, wrongCounts, armings } = tally;
    const pass = injected === n && motionTicks + lateAnswers + wrongCounts + armings === 0;
    return {
      pass,
      figures: {
        faultsInjected: injected,
        ticksOfMotionNotAdmitted: motionTicks,
        notBackWithinOneGoodFrame: lateAnswers,
        faultsNotCountedExactly: wrongCounts,
        stopsByAFault: armings,
        badFramesCounted: tally.counted,
        framesRefused: tally.refused,
      },
    };
  },
};
