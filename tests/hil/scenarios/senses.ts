import type { StopReason } from "@timmy/firmware-bridge/vocabulary";
import type { Scenario, Stage } from "../stage.ts";

/** How fast the robot may go towards something: zero below the stop distance, more far off. */
const ceilings: Scenario[] = [0.05, 0.1, 0.11, 0.15, 0.25, 0.4, 0.7, 1.2, 3.9].map((metres) => ({
  name: `an obstacle ${metres} m ahead`,
  play(stage: Stage) {
    stage.plant.faults.obstacleM = metres;
    stage.arm();
    stage.drive(0.5, 0, 800);
    stage.check({ mode: "armed", reasons: [] });
    stage.drive(-0.2, 0, 900);
    stage.check({ mode: "armed", duty: "backward" });
  },
}));

const near: Scenario = {
  name: "something steps in front: the forward part is zero in the tick of its sample",
  play(stage) {
    stage.plant.faults.obstacleM = 3;
    stage.arm();
    stage.drive(0.4, 0.5, 700);
    stage.check({ mode: "armed", duty: "forward" });
    stage.plant.faults.obstacleM = stage.plant.truth.wayM + 0.09;
    stage.drive(0.4, 0, 800);
    stage.check({ mode: "armed", duty: "none" });
  },
};

function sonarCase(
  name: string,
  spoil: (stage: Stage) => void,
  check: (stage: Stage) => void,
): Scenario {
  return {
    name,
    play(stage) {
      stage.plant.faults.obstacleM = 2;
      stage.arm();
      stage.drive(0.3, 0, 300);
      spoil(stage);
      check(stage);
    },
  };
}

const sonars: Scenario[] = [
  sonarCase(
    "a sonar that dies: unknown after 80 ms, a stop after 500 ms more",
    (stage) => (stage.plant.faults.sonarDead = true),
    (stage) => {
      stage.drive(0.3, 0, 400);
      stage.check({ mode: "armed", reasons: [] });
      stage.drive(0.3, 0, 400);
      stage.check({ reasons: ["range-lost"] });
    },
  ),
  sonarCase(
    "a sonar that is stuck: it repeats to the microsecond while the robot drives",
    (stage) => (stage.plant.faults.sonarStuckUs = 9000),
    (stage) => {
      stage.drive(0.3, 0, 2600);
      stage.check({ reasons: ["range-lost"] });
    },
  ),
  sonarCase(
    "a ghost echo nearby is believed at once",
    (stage) => stage.bend((pins, at) => (pins.echoUs[0] = at % 60 === 30 ? 580 : 0)),
    (stage) => {
      stage.drive(0.3, 0, 500);
      stage.check({ mode: "armed", duty: "none" });
    },
  ),
  sonarCase(
    "a single ghost echo far away is not believed",
    (stage) => {
      stage.plant.faults.obstacleM = stage.plant.truth.wayM + 0.2;
      stage.drive(0.3, 0, 200);
      stage.bend((pins) => (pins.echoUs[0] = pins.echoUs[0] === 0 ? 0 : 20_000));
      stage.drive(0.3, 0, 60);
      stage.bend(null);
    },
    (stage) => {
      stage.drive(0.3, 0, 300);
      stage.check({ mode: "armed", reasons: [] });
    },
  ),
  sonarCase(
    "a sonar that hears nothing any more: what it knew stands for some answers",
    (stage) => (stage.plant.faults.obstacleM = Number.POSITIVE_INFINITY),
    (stage) => {
      stage.drive(0.3, 0, 700);
      stage.check({ mode: "armed", duty: "forward" });
    },
  ),
  sonarCase(
    "echoes of absurd length, negative and huge",
    (stage) =>
      stage.bend((pins, at) => (pins.echoUs[0] = [99, -2, 2 ** 31 - 1, -(2 ** 31)][at % 4] ?? 0)),
    (stage) => {
      stage.drive(0.3, 0, 500);
      stage.check({ mode: "armed" });
    },
  ),
];

const stuckFast: Scenario = {
  name: "a stuck sonar at full speed: the repeats count, not the way",
  play(stage) {
    stage.plant.faults.obstacleM = 3.6;
    stage.arm();
    stage.drive(0.5, 0, 700);
    stage.plant.faults.sonarStuckUs = 19_000;
    stage.drive(0.5, 0, 1500);
    stage.check({ reasons: ["range-lost"] });
  },
};

const threeSonars: Scenario[] = [0, 1, 2].map((dead) => ({
  name: `three sonars in turn, number ${dead} dead`,
  play(stage: Stage) {
    stage.run(60);
    stage.rig.send("hello");
    stage.run(1);
    stage.rig.send("param-set", { id: 12, value: 7 });
    stage.rig.send("param-set", { id: 13, value: 7 });
    stage.plant.faults.sonarDead = true;
    stage.bend((pins, at) => {
      for (let sonar = 0; sonar < 3; sonar++) {
        const ends = at % 180 === sonar * 60 + 20 && sonar !== dead;
        pins.echoUs[sonar] = ends ? 6000 + (at % 977) : 0;
      }
    });
    stage.run(250);
    stage.rig.arm();
    stage.drive(0.4, 0, 700);
    stage.check({ mode: "armed", duty: "forward", reasons: [] });
  },
}));

const encoders: Scenario[] = [
  [40, []],
  [41, ["encoder"]],
  [-40, []],
  [-41, ["encoder"]],
  [2 ** 31 - 1, ["encoder"]],
].map(([counts, reasons]) => ({
  name: `an encoder that jumps by ${counts} counts`,
  play(stage: Stage) {
    stage.arm();
    stage.idle(50);
    stage.bend((pins) => (pins.leftCounts = (pins.leftCounts + Number(counts)) | 0));
    stage.run(1);
    stage.check({ reasons: reasons as ["encoder"] | [] });
    stage.idle(200);
    stage.bend(null);
  },
}));

const wrapCounts: Scenario = {
  name: "encoder counts wrap at 2^31 and the speed does not notice",
  play(stage) {
    stage.bend((pins) => (pins.leftCounts = (pins.leftCounts + 0x7fff_ff80) | 0));
    stage.arm();
    stage.drive(0.4, 0, 900);
    stage.check({ mode: "armed", duty: "forward", reasons: [] });
  },
};

const gyro: Scenario = {
  name: "a gyro that gives NaN and 1e38 harms nothing",
  play(stage) {
    stage.arm();
    stage.bend((pins, at) => (pins.gyroRadps = [Number.NaN, 1e38, -1e38, 0][at % 4] ?? 0));
    stage.drive(0.2, 0, 300);
    stage.check({ mode: "armed", duty: "forward", reasons: [] });
  },
};

const batteries: Scenario[] = [
  [8400, []],
  [6600, []],
  [6599, []],
  [6300, []],
  [6001, []],
  [5999, ["battery"]],
  [0, ["stall", "battery"]],
  [65_535, []],
].map(([mv, reasons]) => ({
  name: `a battery of ${mv} mV`,
  play(stage: Stage) {
    stage.arm();
    stage.inputs.batteryMv = Number(mv);
    stage.drive(0.4, 0, 2300);
    stage.check({ reasons: reasons as StopReason[] });
  },
}));

const brownOut: Scenario = {
  name: "a brown-out of 300 ms under load slows down and recovers",
  play(stage) {
    stage.arm();
    stage.drive(0.4, 0, 500);
    stage.inputs.batteryMv = 5000;
    stage.drive(0.4, 0, 300);
    stage.check({ mode: "armed", reasons: [] });
    stage.inputs.batteryMv = 7400;
    stage.drive(0.4, 0, 700);
    stage.check({ mode: "armed", duty: "forward", reasons: [] });
  },
};

export const senses: readonly Scenario[] = [
  ...ceilings,
  near,
  ...sonars,
  stuckFast,
  ...threeSonars,
  ...encoders,
  wrapCounts,
  gyro,
  ...batteries,
  brownOut,
];
