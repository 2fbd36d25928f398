import { createPlant, type Plant } from "@timmy/firmware-bridge/conformance/plant";
import { createRig, type Rig } from "@timmy/firmware-bridge/conformance/rig";
import type { StopReason } from "@timmy/firmware-bridge/vocabulary";
import { loadBoard } from "@timmy/hardware/board";
import type { CoreInputs } from "@timmy/hardware/core-host";
import { instantiateCore, type WasmCore } from "@timmy/hardware/wasm-core";
import type { DriveMode } from "@timmy/shared/agent/world-state";
import { type HilInputs, type HilOutputs, type HilTick, tiers } from "./hil-host.ts";
import { createTicker } from "./wasm-host.ts";

/** What a person would look for at one tick; fields that are absent are not looked at. */
export interface Expectation {
  readonly mode?: DriveMode;
  readonly reasons?: readonly StopReason[];
  readonly powered?: boolean;
  /** None is less than 0.06; without power it is 0, which the trace holds. */
  readonly duty?: "none" | "forward" | "backward" | "turning";
  readonly servoUs?: number;
  readonly ledLevel?: number;
  /** Answers and events since the checkpoint before, as words (answers.ts). */
  readonly answers?: readonly string[];
}

export interface Checkpoint {
  /** Index into the script's ticks. */
  readonly at: number;
  readonly expect: Expectation;
}

/** Everything that any host needs: power-up, then inputs and bytes for each tick. */
export interface Script {
  readonly name: string;
  readonly startTick: number;
  readonly tier: number;
  readonly ticks: readonly HilTick[];
  readonly checkpoints: readonly Checkpoint[];
}

export interface Scenario {
  readonly name: string;
  readonly startTick?: number;
  readonly tier?: keyof typeof tiers;
  play(stage: Stage): void;
}

/** Where a scenario is played once, on the reference core and a plant, to become a script. */
export interface Stage {
  readonly rig: Rig;
  readonly plant: Plant;
  /** What the sensors say next; the plant writes counts and echo anew in each tick. */
  readonly inputs: CoreInputs;
  run(ms: number, each?: (ms: number) => void): void;
  /** Boots with a range, says hello, arms. */
  arm(): void;
  /** Keeps a set-point alive for that long. */
  drive(linearMps: number, angularRadps: number, ms: number): void;
  /** Heartbeats alone. */
  idle(ms: number): void;
  /** One set-point with these fields in place of honest ones. */
  setPoint(over: SetPointOver): void;
  /** Raw bytes of the link. */
  bytes(bytes: Uint8Array): void;
  /** Another master on the same link. */
  master(session: number): Rig;
  check(expect: Expectation): void;
  /** Changes what the core sees, after the plant: null ends it. */
  bend(change: ((inputs: CoreInputs, tick: number) => void) | null): void;
}

export interface SetPointOver {
  readonly linearMps?: number;
  readonly angularRadps?: number;
  readonly ttlMs?: number;
  readonly generation?: number;
  readonly tick?: number;
}

const none = new Uint8Array(0);

function snapshot(inputs: Readonly<CoreInputs>): HilInputs {
  return {
    leftCounts: inputs.leftCounts | 0,
    rightCounts: inputs.rightCounts | 0,
    gyroRadps: inputs.gyroRadps,
    frontUs: inputs.echoUs[0] | 0,
    leftUs: inputs.echoUs[1] | 0,
    rightUs: inputs.echoUs[2] | 0,
    bumperLeft: inputs.bumperLeft,
    bumperRight: inputs.bumperRight,
    estopOpen: inputs.estopOpen,
    batteryMv: Math.trunc(inputs.batteryMv) & 0xffff,
  };
}

interface Recorder {
  readonly core: WasmCore;
  readonly ticks: HilTick[];
  bend: ((inputs: CoreInputs, tick: number) => void) | null;
}

/** A core that remembers what went into it. */
function createRecorder(startTick: number, tier: number): Recorder {
  const raw = instantiateCore();
  raw.defaults();
  raw.start_as(startTick, tier);
  const ticker = createTicker(raw);
  const ticks: HilTick[] = [];
  let waiting: Uint8Array[] = [];
  let last: Omit<HilOutputs, "tick"> | null = null;
  const recorder: Recorder = {
    ticks,
    bend: null,
    core: {
      tier: "simulated",
      tick(inputs) {
        const bent = { ...inputs, echoUs: [...inputs.echoUs] as [number, number, number] };
        recorder.bend?.(bent, ticks.length);
        const tick = {
          inputs: snapshot(bent),
          bytes: waiting.length === 0 ? none : new Uint8Array(Buffer.concat(waiting)),
        };
        waiting = [];
        ticks.push(tick);
        last = ticker(tick);
        const { leftDuty, rightDuty, enable, trigger } = last;
        return { leftDuty, rightDuty, enable, triggerSonar: trigger - 1 };
      },
      receive(bytes) {
        waiting.push(bytes.slice());
      },
      transmit: () => last?.bytes ?? none,
      trace: () => last?.trace ?? 0,
      poll: () => false,
    },
  };
  return recorder;
}

/** Plays a scenario once; the same scenario gives the same script. */
export function recordScript(scenario: Scenario): Script {
  const startTick = scenario.startTick ?? 0;
  const tier = tiers[scenario.tier ?? "simulated"];
  const recorder = createRecorder(startTick, tier);
  const board = loadBoard();
  const beside = { core: recorder.core, plant: createPlant(board) } as unknown as Rig;
  const rig = createRig({ beside, startTick });
  const checkpoints: Checkpoint[] = [];
  const send = (over: SetPointOver): void => {
    const { tick, ...fields } = over;
    const payload = { generation: rig.state().generation, ttlMs: 150, ...fields };
    rig.send("set-point", payload, tick === undefined ? {} : { tick });
  };
  const idle = (ms: number): void =>
    rig.run(ms, (at) => {
      if (at % 80 === 0) rig.send("heartbeat");
    });
  rig.run(1);
  scenario.play({
    rig,
    plant: rig.plant,
    inputs: rig.plant.inputs,
    run: rig.run,
    arm() {
      rig.run(120);
      rig.arm();
    },
    drive: rig.drive,
    idle,
    setPoint: send,
    bytes: recorder.core.receive,
    master: (session) => createRig({ beside: rig, session, startTick: rig.tick() }),
    check(expect) {
      checkpoints.push({ at: recorder.ticks.length - 1, expect });
    },
    bend(change) {
      recorder.bend = change;
    },
  });
  return { name: scenario.name, startTick, tier, ticks: recorder.ticks, checkpoints };
}
