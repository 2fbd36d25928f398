import { createArmedRig, type Rig } from "@timmy/firmware-bridge/conformance/rig";
import { reasonsOf, type StopReason } from "@timmy/firmware-bridge/vocabulary";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import type { Trial } from "./trial.ts";

/** How a stop comes about, and after how many ticks at most it must be latched. */
interface Cause {
  readonly reason: StopReason;
  readonly withinMs: number;
  begin(rig: Rig): void;
  end(rig: Rig): void;
}

const nothing = () => {};
const causes: readonly Cause[] = [
  { reason: "stop", withinMs: 1, begin: (rig) => rig.send("stop"), end: nothing },
  { reason: "estop", withinMs: 1, begin: (rig) => rig.send("estop"), end: nothing },
  {
    reason: "estop-input",
    withinMs: 10,
    begin: (rig) => (rig.plant.inputs.estopOpen = true),
    end: (rig) => (rig.plant.inputs.estopOpen = false),
  },
  {
    reason: "bumper",
    withinMs: 10,
    begin: (rig) => (rig.plant.inputs.bumperRight = true),
    end: (rig) => (rig.plant.inputs.bumperRight = false),
  },
  {
    reason: "range-lost",
    withinMs: 700,
    begin: (rig) => (rig.plant.faults.sonarDead = true),
    end: (rig) => (rig.plant.faults.sonarDead = false),
  },
  {
    reason: "stall",
    withinMs: 700,
    begin(rig) {
      rig.plant.faults.leftBlocked = true;
      rig.plant.faults.rightBlocked = true;
    },
    end(rig) {
      rig.plant.faults.leftBlocked = false;
      rig.plant.faults.rightBlocked = false;
    },
  },
  {
    reason: "battery",
    withinMs: 1700,
    begin: (rig) => (rig.plant.inputs.batteryMv = 5200),
    end: (rig) => (rig.plant.inputs.batteryMv = 7400),
  },
];
/** A ramp from the fastest speed takes half a second; without power the wheels roll out. */
const restWithinMs = 900;
const restMps = 0.01;

interface Tally {
  stops: number;
  late: number;
  wrongReason: number;
  saidTooEarly: number;
  notAtRest: number;
  movedAfter: number;
  notReset: number;
  longestMs: number;
  longestM: number;
}

function keepDriving(rig: Rig, linearMps: number, ms: number, each: () => boolean): number {
  for (let at = 0; at < ms; at++) {
    if (at % 40 === 0) {
      const { generation } = rig.state();
      rig.send("set-point", { generation, linearMps, angularRadps: 0, ttlMs: 150 });
    }
    rig.run(1);
    if (each()) return at + 1;
  }
  return ms + 1;
}

const moving = (rig: Rig): number =>
  Math.max(Math.abs(rig.plant.truth.leftMps), Math.abs(rig.plant.truth.rightMps));

/** One stop; the master goes on asking for motion all the time, as a broken one would. */
function stopOnce(rig: Rig, cause: Cause, speed: number, tally: Tally): void {
  const { faults, truth } = rig.plant;
  faults.obstacleM = truth.wayM + 3;
  rig.drive(speed, 0, 600);
  // The rig keeps every frame that nobody takes.
  for (const type of ["event", "state", "ack", "core-hello"] as const) rig.take(type);
  const fromM = truth.wayM;
  cause.begin(rig);
  let latched: number | null = null;
  const begun = keepDriving(rig, speed, cause.withinMs, () => {
    latched = rig.take("event")[0]?.payload.reasons ?? latched;
    return latched !== null;
  });
  if (begun > cause.withinMs) tally.late++;
  if (latched !== null && !reasonsOf(latched).includes(cause.reason)) tally.wrongReason++;
  let early = false;
  const restMs = keepDriving(rig, speed, restWithinMs, () => {
    const stopped = rig.take("event").some(({ payload }) => payload.news === 2);
    if (stopped && moving(rig) > restMps) early = true;
    return stopped;
  });
  if (early) tally.saidTooEarly++;
  if (restMs > restWithinMs || moving(rig) > restMps) tally.notAtRest++;
  tally.stops++;
  tally.longestMs = Math.max(tally.longestMs, begun + restMs);
  tally.longestM = Math.max(tally.longestM, Math.abs(truth.wayM - fromM));
  let motion = 0;
  cause.end(rig);
  keepDriving(rig, speed, 200, () => {
    if (rig.outputs().enable || moving(rig) > restMps) motion++;
    return false;
  });
  tally.movedAfter += motion;
  rig.run(800);
  rig.send("reset", { generation: rig.state().generation });
  if (rig.ackCode() !== 0) tally.notReset++;
  rig.run(200);
  if (rig.arm() !== 0) tally.notReset++;
  rig.run(21);
}

/** The planted fault: an e-stop contact that never opens. */
function deafen(rig: Rig): void {
  const { inputs } = rig.plant;
  Object.defineProperty(inputs, "estopOpen", { get: () => false, set: nothing });
}

function choose<T>(random: Random, list: readonly [T, ...T[]] | readonly T[], other: T): T {
  return list[Math.floor(random.uniform() * list.length)] ?? other;
}

export const trial: Trial = {
  title: "Stops from every cause while a master goes on asking for motion",
  defaultN: 1000,
  async run({ n, seed, plant }) {
    const random = createRandom(seed);
    const tally: Tally = {
      stops: 0,
      late: 0,
      wrongReason: 0,
      saidTooEarly: 0,
      notAtRest: 0,
      movedAfter: 0,
      notReset: 0,
      longestMs: 0,
      longestM: 0,
    };
    const rig = createArmedRig();
    rig.run(21);
    if (plant) deafen(rig);
    const [first] = causes;
    for (let k = 0; k < n && first !== undefined; k++) {
      const cause = choose(random, causes, first);
      const way = random.uniform() < 0.5 ? 1 : -1;
      stopOnce(rig, cause, way * (0.3 + 0.15 * random.uniform()), tally);
    }
    const { late, wrongReason, saidTooEarly, notAtRest, movedAfter, notReset } = tally;
    const bad = late + wrongReason + saidTooEarly + notAtRest + movedAfter + notReset;
    return {
      pass: tally.stops === n && bad === 0,
      figures: {
        stops: tally.stops,
        latchedTooLate: late,
        wrongReason,
        saidStoppedWhileMoving: saidTooEarly,
        notAtRestInTime: notAtRest,
        ticksOfMotionAfterStop: movedAfter,
        notReset,
        longestStopMs: tally.longestMs,
        longestStopM: Number(tally.longestM.toFixed(4)),
      },
    };
  },
};
