import { coreParams } from "@timmy/hardware/core-params";
import type { Scenario, Stage } from "../stage.ts";

/** A parameter's number, its compiled-in limits, and whether more is lowered or refused. */
const ranges: readonly [id: number, low: number, high: number, lowers?: boolean][] = [
  [coreParams.wheelRadiusM, 0.005, 0.5],
  [coreParams.trackM, 0.03, 2],
  [coreParams.countsPerRev, 4, 200_000],
  [coreParams.linearMps, 0, 0.5, true],
  [coreParams.angularRadps, 0, 1.5, true],
  [coreParams.accelMps2, 0.05, 1, true],
  [coreParams.angularAccelRadps2, 0.1, 4, true],
  [coreParams.noLoadRadps, 1, 500],
  [coreParams.motorTauS, 0, 1],
  [coreParams.nominalMv, 1000, 60_000],
  [coreParams.emptyMv, 500, 60_000],
  [coreParams.derateMv, 500, 60_000],
  [coreParams.sonars, 0, 7],
  [coreParams.sonarsAhead, 0, 7],
  [coreParams.stopDistanceM, 0.1, 1],
  [coreParams.reactionS, 0.067, 1],
  [coreParams.kp, 0, 20],
  [coreParams.ki, 0, 200],
  [coreParams.kd, 0, 1],
  [coreParams.dTauS, 0.001, 1],
  [coreParams.ks, 0, 0.3],
  [coreParams.kvScale, 0, 2],
  [coreParams.slewPerS, 1, 1000],
  [coreParams.wheelRatio, 0.9, 1.1],
  [coreParams.trackRatio, 0.8, 1.25],
];

const limits: Scenario[] = ranges.map(([id, low, high, lowers = false]) => ({
  name: `parameter ${id} keeps its compiled-in limits`,
  play(stage: Stage) {
    stage.run(60);
    stage.rig.send("hello");
    stage.run(1);
    const said: string[] = [];
    const word = (value: number) => Number(Math.fround(value).toPrecision(4));
    for (const value of [low, high]) {
      stage.rig.send("param-set", { id, value });
      said.push(`param ${id} ok ${word(value)}`);
    }
    for (const value of [low - 0.02, Number.NaN, Number.NEGATIVE_INFINITY]) {
      stage.rig.send("param-set", { id, value });
      said.push(`param ${id} badValue ${word(high)}`);
    }
    stage.rig.send("param-set", { id, value: high * 1.5 });
    said.push(`param ${id} ${lowers ? "ok" : "badValue"} ${word(high)}`);
    stage.run(5);
    stage.check({ mode: "disarmed", answers: said });
  },
}));

const unknown: Scenario = {
  name: "a parameter that does not exist is refused",
  play(stage) {
    stage.run(60);
    stage.rig.send("hello");
    stage.run(1);
    stage.rig.send("param-get", { id: 25 });
    stage.rig.send("param-set", { id: 255, value: 1 });
    stage.run(1);
    stage.check({ answers: ["param 25 badValue 0", "param 255 badValue 0"] });
  },
};

/** A board with other values drives by them. */
const boards: Scenario[] = (
  [
    ["a lower speed limit", coreParams.linearMps, 0.1],
    ["a wider track", coreParams.trackM, 0.3],
    ["larger wheels", coreParams.wheelRadiusM, 0.05],
    ["unequal wheels", coreParams.wheelRatio, 1.03],
    ["a longer stop distance", coreParams.stopDistanceM, 0.5],
    ["a slower reaction", coreParams.reactionS, 0.5],
    ["no sonar", coreParams.sonars, 0],
    ["no integrator", coreParams.ki, 0],
    ["a slow output", coreParams.slewPerS, 1],
  ] as const
).map(([what, id, value]) => ({
  name: `a board with ${what}`,
  play(stage: Stage) {
    stage.plant.faults.obstacleM = 1;
    stage.run(120);
    stage.rig.send("hello");
    stage.run(1);
    stage.rig.send("param-set", { id, value });
    stage.run(1);
    stage.rig.arm();
    stage.drive(0.3, 0.4, 700);
    stage.check({ mode: "armed", reasons: [] });
  },
}));

const accessories: Scenario = {
  name: "servo and LED follow their frames, within the servo's travel, also when disarmed",
  play(stage) {
    stage.run(60);
    stage.rig.send("hello");
    stage.run(1);
    stage.rig.send("accessory", { pin: 0, value: 1500 });
    stage.rig.send("accessory", { pin: 1, value: 200 });
    stage.run(1);
    stage.check({ servoUs: 1500, ledLevel: 200, answers: ["accessory ok", "accessory ok"] });
    stage.rig.send("accessory", { pin: 0, value: 499 });
    stage.rig.send("accessory", { pin: 0, value: 2501 });
    stage.rig.send("accessory", { pin: 2, value: 1 });
    stage.run(1);
    stage.check({ servoUs: 1500, answers: Array(3).fill("accessory badValue") });
    stage.rig.send("accessory", { pin: 0, value: 0 });
    stage.run(1);
    stage.check({ servoUs: 0 });
  },
};

function tune(stage: Stage, ms: number, each?: (at: number) => void): void {
  stage.run(ms, (at) => {
    const { generation } = stage.rig.state();
    if (at % 100 === 0) stage.rig.send("tune", { generation });
    each?.(at);
  });
}

const tunes: Scenario[] = [
  ...[0.8, 1, 1.2].map((gain) => ({
    name: `auto-tune on a motor of gain ${gain}`,
    play(stage: Stage) {
      stage.plant.faults.motorGain = gain;
      stage.arm();
      tune(stage, 4300);
      stage.drive(0.3, 0, 300);
      stage.check({ mode: "armed", duty: "forward", reasons: [] });
    },
  })),
  {
    name: "auto-tune that nobody keeps alive ends",
    play(stage) {
      stage.arm();
      stage.check({});
      tune(stage, 150);
      stage.idle(500);
      stage.check({ mode: "armed", duty: "none", answers: ["tune ok", "tuned interrupted"] });
    },
  },
  {
    name: "auto-tune towards a wall does not begin",
    play(stage) {
      stage.plant.faults.obstacleM = 0.15;
      stage.arm();
      stage.check({});
      tune(stage, 50);
      stage.check({ duty: "none", answers: ["tune ok", "tuned no room"] });
    },
  },
  {
    name: "auto-tune ends at a bumper",
    play(stage) {
      stage.arm();
      tune(stage, 400, (at) => {
        if (at === 300) stage.inputs.bumperLeft = true;
      });
      stage.check({ mode: "stopping", reasons: ["bumper"] });
    },
  },
];

export const settings: readonly Scenario[] = [...limits, unknown, ...boards, accessories, ...tunes];
