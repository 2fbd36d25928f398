import type { Scenario, SetPointOver, Stage } from "../stage.ts";

/** One set-point, then nothing: where its life ends. 0 means 150 ms; 250 ms are the most. */
const lives = [1, 2, 50, 149, 150, 151, 249, 250, 251, 1000, 65_535, 0];
const livesOf = (ttlMs: number): number => (ttlMs === 0 ? 150 : Math.min(ttlMs, 250));

const timesToLive: Scenario[] = lives.map((ttlMs) => ({
  name: `a set-point with ${ttlMs} ms to live ends after ${livesOf(ttlMs)} ms`,
  play(stage: Stage) {
    stage.arm();
    stage.setPoint({ linearMps: -0.3, ttlMs });
    // It is admitted in the first of these ticks, and obeyed until one tick before its end.
    stage.idle(livesOf(ttlMs));
    stage.check({ mode: "armed" });
    stage.idle(1);
    stage.check({ mode: "armed" });
    stage.idle(398);
    stage.check({ mode: "armed", duty: "none" });
    stage.setPoint({ linearMps: -0.3, ttlMs });
    stage.run(Math.min(30, livesOf(ttlMs)));
    stage.check({ mode: "armed", duty: ttlMs === 1 ? "none" : "backward" });
  },
}));

/** A queue's age: how old the tick is that a set-point answers. */
const ages: Scenario[] = [
  [0, "ok"],
  [249, "ok"],
  [250, "ok"],
  [251, "stale"],
  [1000, "stale"],
  [-1, "stale"],
  [-1000, "stale"],
].map(([ageMs, code]) => ({
  name: `a set-point that answers a tick ${ageMs} ms ago is ${code === "ok" ? "taken" : "refused"}`,
  play(stage: Stage) {
    stage.arm();
    stage.idle(1200);
    stage.check({});
    // The core counts the tick in which it reads the frame.
    stage.setPoint({ linearMps: 0.3, tick: stage.rig.tick() + 1 - Number(ageMs) });
    stage.run(60);
    const taken = code === "ok";
    stage.check({
      duty: taken ? "forward" : "none",
      answers: taken ? [] : ["set-point stale"],
    });
  },
}));

const absurd: readonly [string, SetPointOver][] = [
  ["NaN ahead", { linearMps: Number.NaN }],
  ["NaN aside", { angularRadps: Number.NaN }],
  ["infinity", { linearMps: Number.POSITIVE_INFINITY }],
  ["minus infinity", { angularRadps: Number.NEGATIVE_INFINITY }],
  ["1e38", { linearMps: 1e38 }],
  ["minus 1e38", { linearMps: -1e38, angularRadps: 1e38 }],
  ["100.1 m/s", { linearMps: 100.1 }],
];
const refused: Scenario[] = absurd.map(([what, over]) => ({
  name: `a set-point of ${what} is refused and stops nothing`,
  play(stage: Stage) {
    stage.arm();
    stage.drive(0.2, 0, 200);
    stage.check({ duty: "forward" });
    stage.setPoint(over);
    stage.run(20);
    stage.check({ mode: "armed", duty: "forward", answers: ["set-point badValue"] });
  },
}));

const generations: Scenario[] = [-1, 1, 0x7fff_ffff].map((off) => ({
  name: `a set-point of generation ${off > 0 ? "+" : ""}${off} is refused`,
  play(stage: Stage) {
    stage.arm();
    stage.check({});
    stage.setPoint({ linearMps: 0.3, generation: (stage.rig.state().generation + off) >>> 0 });
    stage.run(50);
    stage.check({ duty: "none", answers: ["set-point wrongGeneration"] });
  },
}));

/** Speeds beyond the limits are limited, and the loop follows all others. */
const speeds: Scenario[] = [
  [0.05, 0],
  [0.5, 0],
  [0.51, 0],
  [99, 0],
  [-0.5, 0],
  [-99, 0],
  [0, 0.5],
  [0, 1.5],
  [0, -99],
  [0.3, 1],
  [-0.3, -1],
  [0.5, 1.5],
].map(([linearMps = 0, angularRadps = 0]) => ({
  name: `drives at ${linearMps} m/s and ${angularRadps} rad/s, within the limits`,
  play(stage: Stage) {
    stage.arm();
    stage.drive(linearMps, angularRadps, 900);
    stage.check({ mode: "armed", reasons: [] });
    stage.idle(900);
    stage.check({ mode: "armed", duty: "none" });
  },
}));

const tiersPlayed: Scenario[] = (["hard", "firm", "soft", "simulated"] as const).map((tier) => ({
  name: `tier ${tier} ${tier === "soft" ? "is slow" : "may use the limits"}`,
  tier,
  play(stage: Stage) {
    stage.arm();
    stage.drive(0.5, 0, 700);
    stage.drive(0, 1.5, 300);
    stage.check({ mode: "armed", reasons: [] });
  },
}));

const reversal: Scenario = {
  name: "a sudden reversal follows the ramp",
  play(stage) {
    stage.arm();
    stage.drive(0.4, 0, 600);
    stage.drive(-0.4, 0, 200);
    stage.check({ mode: "armed", reasons: [] });
    stage.drive(-0.4, 0, 600);
    stage.check({ duty: "backward", reasons: [] });
  },
};

const bumpless: Scenario = {
  name: "gains may change while driving, geometry may not",
  play(stage) {
    stage.arm();
    stage.drive(0.3, 0, 500);
    stage.check({});
    stage.rig.send("param-set", { id: 16, value: 3 });
    stage.rig.send("param-set", { id: 1, value: 0.3 });
    stage.drive(0.3, 0, 200);
    stage.check({ duty: "forward", answers: ["param 16 ok 3", "param 1 wrongMode 0.17"] });
  },
};

export const setPoints: readonly Scenario[] = [
  ...timesToLive,
  ...ages,
  ...refused,
  ...generations,
  ...speeds,
  ...tiersPlayed,
  reversal,
  bumpless,
];
