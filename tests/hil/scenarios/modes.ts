import type { Scenario, Stage } from "../stage.ts";

const boot: Scenario[] = [
  {
    name: "boot becomes disarmed after 50 ms, and nothing is powered",
    play(stage) {
      stage.run(48);
      stage.check({ mode: "boot", powered: false });
      stage.run(1);
      stage.check({ mode: "disarmed", powered: false, duty: "none" });
    },
  },
  {
    name: "boot with an open e-stop ends in a latched stop",
    play(stage) {
      stage.inputs.estopOpen = true;
      stage.run(200);
      stage.check({ mode: "stopped", reasons: ["estop-input"], powered: false });
    },
  },
  {
    name: "set-points never arm",
    play(stage) {
      stage.run(120);
      stage.rig.send("hello");
      stage.run(1);
      stage.drive(0.3, 0, 200);
      stage.check({ mode: "disarmed", powered: false, duty: "none" });
    },
  },
];

const arming: Scenario[] = [
  {
    name: "arming needs a hello",
    play(stage) {
      stage.run(120);
      stage.rig.send("arm", { nonce: 1 });
      stage.run(1);
      stage.check({ mode: "disarmed", answers: ["arm noSession"] });
    },
  },
  {
    name: "arming needs the right nonce, and a nonce serves once",
    play(stage) {
      stage.run(120);
      stage.rig.send("hello");
      stage.run(1);
      stage.rig.send("arm", { nonce: 7 });
      stage.run(1);
      stage.check({ mode: "disarmed", answers: ["arm badNonce"] });
      const nonce = stage.rig.take("core-hello").at(-1)?.payload.nonce ?? 0;
      stage.rig.send("arm", { nonce });
      stage.run(1);
      stage.check({ mode: "disarmed", answers: ["arm badNonce"] });
      stage.rig.arm();
      stage.check({ mode: "armed", powered: true });
    },
  },
  {
    name: "arming while booting is refused",
    play(stage) {
      stage.run(10);
      stage.rig.arm();
      stage.check({ mode: "boot", answers: ["arm wrongMode"] });
    },
  },
  {
    name: "arming again while armed is no news",
    play(stage) {
      stage.arm();
      stage.check({ mode: "armed", answers: ["arm ok"] });
      stage.rig.arm();
      stage.check({ mode: "armed", answers: ["arm ok"] });
    },
  },
];

/** Each arming check by its id, and what makes it fail. */
const checks: readonly [id: number, what: string, spoil: (stage: Stage) => void][] = [
  [2, "the battery is empty", (stage) => (stage.inputs.batteryMv = 5900)],
  [3, "no sonar answers", (stage) => (stage.plant.faults.sonarDead = true)],
  [4, "a wheel turns", (stage) => (stage.plant.faults.pushedMps = 0.05)],
  [5, "an encoder jumps", (stage) => stage.bend((pins, at) => (pins.leftCounts = at * 41))],
];
const failing: Scenario[] = checks.map(([id, what, spoil]) => ({
  name: `arming is refused when ${what}`,
  play(stage) {
    spoil(stage);
    stage.run(700);
    stage.rig.arm();
    stage.check({ mode: "disarmed", powered: false, answers: [`arm checkFailed ${id}`] });
  },
}));

const disarming: Scenario[] = [
  {
    name: "disarm at rest takes the power off",
    play(stage) {
      stage.arm();
      stage.rig.send("disarm");
      stage.run(2);
      stage.check({ mode: "disarmed", powered: false });
    },
  },
  {
    name: "disarm in motion brakes along the ramp first",
    play(stage) {
      stage.arm();
      stage.drive(0.3, 0, 500);
      stage.rig.send("disarm");
      stage.run(100);
      stage.check({ mode: "armed", powered: true });
      stage.run(500);
      stage.check({ mode: "disarmed", powered: false, duty: "none" });
    },
  },
  {
    name: "a set-point after disarm is refused",
    play(stage) {
      stage.arm();
      stage.drive(0.3, 0, 300);
      stage.check({ mode: "armed" });
      stage.rig.send("disarm");
      stage.run(1);
      stage.setPoint({ linearMps: 0.3 });
      stage.run(500);
      stage.check({ mode: "disarmed", answers: ["disarm ok", "set-point wrongMode"] });
    },
  },
];

function reset(stage: Stage, generation = stage.rig.state().generation): void {
  stage.rig.send("reset", { generation });
  stage.run(1);
}

const resets: Scenario[] = [
  {
    name: "reset ends a stop in disarmed, and says so again when repeated",
    play(stage) {
      stage.arm();
      stage.rig.send("stop");
      stage.run(200);
      stage.check({ mode: "stopped" });
      reset(stage);
      reset(stage);
      stage.check({ mode: "disarmed", reasons: [], answers: ["reset ok", "reset ok"] });
    },
  },
  {
    name: "reset of an older generation is refused",
    play(stage) {
      stage.arm();
      stage.rig.send("stop");
      stage.run(200);
      stage.check({});
      reset(stage, stage.rig.state().generation - 1);
      stage.check({ mode: "stopped", answers: ["reset wrongGeneration"] });
    },
  },
  {
    name: "reset is refused while the e-stop is open, and works when it is closed",
    play(stage) {
      stage.arm();
      stage.inputs.estopOpen = true;
      stage.run(200);
      stage.check({ mode: "stopped", reasons: ["estop-input"] });
      reset(stage);
      stage.check({ mode: "stopped", answers: ["reset causeStands 2"] });
      stage.inputs.estopOpen = false;
      stage.run(5);
      reset(stage);
      stage.check({ mode: "disarmed", reasons: [], answers: ["reset ok"] });
    },
  },
  {
    name: "reset is refused while a wheel turns",
    play(stage) {
      stage.arm();
      stage.rig.send("estop");
      stage.run(200);
      stage.plant.faults.pushedMps = 0.1;
      stage.run(200);
      stage.check({ mode: "stopped" });
      reset(stage);
      stage.check({ mode: "stopped", answers: ["reset moving"] });
    },
  },
  {
    name: "reset is refused while the robot still stops",
    play(stage) {
      stage.arm();
      stage.drive(0.4, 0, 600);
      stage.rig.send("stop");
      stage.run(40);
      stage.check({ mode: "stopping" });
      reset(stage);
      stage.check({ mode: "stopping", answers: ["reset wrongMode 3"] });
    },
  },
  {
    name: "arming is refused while stopped, and works after the reset",
    play(stage) {
      stage.arm();
      stage.rig.send("stop");
      stage.run(200);
      stage.check({});
      stage.rig.arm();
      stage.check({ mode: "stopped", answers: ["arm wrongMode 4"] });
      reset(stage);
      stage.rig.arm();
      stage.check({ mode: "armed", reasons: [], powered: true });
      stage.drive(0.2, 0, 300);
      stage.check({ duty: "forward" });
    },
  },
];

export const modes: readonly Scenario[] = [...boot, ...arming, ...failing, ...disarming, ...resets];
