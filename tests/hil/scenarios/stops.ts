import type { StopReason } from "@timmy/firmware-bridge/vocabulary";
import type { Scenario, Stage } from "../stage.ts";

/** How each stop comes about, and how long after its beginning it must be latched, ms. */
const causes: readonly [reason: StopReason, withinMs: number, cause: (stage: Stage) => void][] = [
  ["stop", 1, (stage) => stage.rig.send("stop")],
  ["estop", 1, (stage) => stage.rig.send("estop")],
  ["estop-input", 10, (stage) => (stage.inputs.estopOpen = true)],
  ["bumper", 5, (stage) => (stage.inputs.bumperLeft = true)],
  ["encoder", 1, (stage) => stage.bend((pins) => (pins.rightCounts += 100))],
  ["range-lost", 700, (stage) => (stage.plant.faults.sonarDead = true)],
  ["battery", 1600, (stage) => (stage.inputs.batteryMv = 5500)],
];

function keepAlive(stage: Stage, linearMps: number, ms: number): void {
  if (linearMps === 0) stage.idle(ms);
  else stage.drive(linearMps, 0, ms);
}

const latched: Scenario[] = [0, 0.3, -0.2].flatMap((speed) =>
  causes.map(([reason, withinMs, cause]) => ({
    name: `${reason} latches at ${speed} m/s and ends in a measured standstill`,
    play(stage: Stage) {
      stage.arm();
      keepAlive(stage, speed, 500);
      stage.check({ mode: "armed", reasons: [] });
      cause(stage);
      keepAlive(stage, speed, withinMs);
      stage.check({ reasons: [reason] });
      stage.idle(500);
      stage.check({ mode: "stopped", reasons: [reason], powered: false, duty: "none" });
      stage.bend(null);
    },
  })),
);

const watched: Scenario[] = [
  {
    name: "stall: a driven wheel without counts for 150 ms",
    play(stage) {
      stage.arm();
      stage.plant.faults.leftBlocked = true;
      stage.drive(0.4, 0, 700);
      stage.check({ mode: "stopped", reasons: ["stall"], powered: false, duty: "none" });
    },
  },
  {
    name: "stall: a dead encoder is found when the motors push",
    play(stage) {
      stage.arm();
      stage.bend((pins) => (pins.rightCounts = 0));
      stage.drive(0.4, 0, 700);
      stage.check({ reasons: ["stall"], powered: false });
    },
  },
  {
    name: "runaway: counts without duty",
    play(stage) {
      stage.arm();
      stage.idle(200);
      stage.plant.faults.pushedMps = 0.4;
      stage.bend(null);
      stage.idle(400);
      stage.check({ powered: false, duty: "none" });
    },
  },
  {
    name: "runaway: a swapped encoder counts against the motor",
    play(stage) {
      stage.plant.faults.leftEncoderSign = -1;
      stage.arm();
      stage.drive(0.3, 0, 800);
      stage.check({ reasons: ["runaway"], powered: false, duty: "none" });
    },
  },
  {
    name: "unconfirmed: wheels that never stop are not called stopped until they do",
    play(stage) {
      stage.arm();
      stage.drive(0.3, 0, 400);
      stage.plant.faults.pushedMps = 0.3;
      stage.check({});
      stage.rig.send("estop");
      stage.run(1600);
      stage.check({
        mode: "stopped",
        powered: false,
        answers: ["event stopping", "estop ok", "event unconfirmed"],
      });
      stage.plant.faults.pushedMps = 0;
      stage.run(300);
      stage.check({ mode: "stopped", answers: ["event stopped"] });
    },
  },
  {
    name: "a second reason opens another generation and may only stop harder",
    play(stage) {
      stage.arm();
      stage.drive(0.4, 0, 600);
      stage.rig.send("stop");
      stage.run(20);
      stage.check({ mode: "stopping", reasons: ["stop"], powered: true });
      stage.rig.send("estop");
      stage.run(1);
      stage.check({ reasons: ["stop", "estop"], powered: false, duty: "none" });
      stage.run(600);
      stage.check({ mode: "stopped" });
    },
  },
  {
    name: "nothing admitted before a stop moves the robot after it",
    play(stage) {
      stage.arm();
      stage.drive(0.3, 0, 300);
      const { generation } = stage.rig.state();
      stage.rig.send("stop");
      stage.run(600);
      stage.rig.send("reset", { generation: generation + 1 });
      stage.run(1);
      stage.rig.arm();
      stage.check({ mode: "armed", duty: "none" });
      stage.setPoint({ linearMps: 0.3, generation });
      stage.run(100);
      stage.check({ duty: "none", answers: ["set-point wrongGeneration"] });
      stage.setPoint({ linearMps: 0.3, generation: generation + 1 });
      stage.run(100);
      stage.check({ duty: "forward" });
    },
  },
];

/** E-stop contacts bounce: fewer than three equal samples are no news. */
const bounces: Scenario[] = [1, 2, 3].map((samples) => ({
  name: `an e-stop that opens for ${samples} ms ${samples < 3 ? "is a bounce" : "is a stop"}`,
  play(stage: Stage) {
    stage.arm();
    stage.inputs.estopOpen = true;
    stage.run(samples);
    stage.inputs.estopOpen = false;
    stage.run(20);
    stage.check({ reasons: samples < 3 ? [] : ["estop-input"], powered: samples < 3 });
  },
}));

const chatter: Scenario = {
  name: "an e-stop that chatters every other millisecond changes nothing until it holds",
  play(stage) {
    stage.arm();
    stage.bend((pins, at) => (pins.estopOpen = at % 2 === 0));
    stage.run(60);
    stage.check({ reasons: [], powered: true });
    stage.bend((pins) => (pins.estopOpen = true));
    stage.run(4);
    stage.check({ reasons: ["estop-input"], powered: false, duty: "none" });
  },
};

const bumpers: Scenario[] = [1, 2, 3, 4].map((ms) => ({
  name: `a bumper pressed for ${ms} ms ${ms < 3 ? "is a bounce" : "is a stop"}`,
  play(stage: Stage) {
    stage.arm();
    stage.inputs.bumperRight = true;
    stage.run(ms);
    stage.inputs.bumperRight = false;
    stage.run(10);
    stage.check({ reasons: ms < 3 ? [] : ["bumper"] });
  },
}));

const backOff: Scenario = {
  name: "after a bump the robot may back off, but not go ahead, while the lever is pressed",
  play(stage) {
    stage.arm();
    stage.inputs.bumperLeft = true;
    stage.run(400);
    stage.check({ mode: "stopped", reasons: ["bumper"] });
    stage.rig.send("reset", { generation: stage.rig.state().generation });
    stage.run(1);
    stage.rig.arm();
    stage.drive(0.2, 0, 200);
    stage.check({ mode: "armed", duty: "none" });
    stage.drive(-0.2, 0, 200);
    stage.check({ mode: "armed", duty: "backward" });
  },
};

/** A lever that chatters while the robot backs off is one impact; 50 ms of release end it. */
const again: Scenario[] = [48, 49, 50, 60].map((ms) => ({
  name: `a bumper that was let go for ${ms} ms ${ms < 50 ? "is still the same impact" : "hits anew"}`,
  play(stage: Stage) {
    stage.arm();
    stage.inputs.bumperLeft = true;
    stage.run(300);
    stage.rig.send("reset", { generation: stage.rig.state().generation });
    stage.run(1);
    stage.rig.arm();
    stage.inputs.bumperLeft = false;
    stage.idle(ms);
    stage.inputs.bumperLeft = true;
    stage.idle(10);
    stage.check({ reasons: ms < 50 ? [] : ["bumper"] });
  },
}));

/** Without gains the loop does not push back: counts come although there is no duty. */
const pushed: Scenario[] = [0.14, 0.2].map((speed) => ({
  name: `a robot without gains that is pushed at ${speed} m/s ${speed < 0.15 ? "rolls" : "runs away"}`,
  play(stage: Stage) {
    stage.run(60);
    stage.rig.send("hello");
    stage.run(1);
    for (const id of [16, 17, 18]) stage.rig.send("param-set", { id, value: 0 });
    stage.run(60);
    stage.rig.arm();
    stage.idle(40);
    stage.plant.faults.pushedMps = speed;
    stage.idle(300);
    stage.check({ reasons: speed < 0.15 ? [] : ["runaway"], duty: "none" });
  },
}));

export const stops: readonly Scenario[] = [
  ...latched,
  ...watched,
  ...bounces,
  chatter,
  ...bumpers,
  backOff,
  ...again,
  ...pushed,
];
