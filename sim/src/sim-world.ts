import type { Hash } from "node:crypto";
import type { Board } from "@timmy/hardware/board";
import type { CoreHost } from "@timmy/hardware/core-host";
import type { TagSensor, TagSighting } from "@timmy/robot/tag-sensor";
import { TimmyError } from "@timmy/shared/errors";
import type { Pose } from "@timmy/shared/map/floor-plan";
import { type ContactState, createContactCounter } from "./contact-counter.ts";
import { createDevices, type DevicesState, type FaultyPart } from "./devices.ts";
import { obstacleLimit, physicsStepMs } from "./limits.ts";
import { createPhysics, type Obstacle, type Physics } from "./physics.ts";
import { createRayCaster } from "./ray-caster.ts";
import { createReplayRandom } from "./replay-random.ts";
import { sightTags, tagDelayMs, tagPeriodMs } from "./tag-camera.ts";
import { createTrace } from "./trace.ts";
import type { World } from "./world.ts";

/** The true state; for tests and viewers, never for the robot. */
export interface Truth {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  /** Over the floor; negative while it goes backwards. */
  readonly speedMps: number;
  readonly turnRadps: number;
  readonly leftDuty: number;
  readonly rightDuty: number;
}

/** Everything but the core's own memory and the trace's listeners. */
export interface SimSnapshot {
  readonly timeMs: number;
  readonly physics: readonly number[];
  readonly devices: DevicesState;
  readonly contacts: ContactState;
  readonly tagDraws: number;
  readonly exposed: Exposure | null;
  readonly obstacles: readonly Obstacle[];
  readonly faults: readonly FaultyPart[];
  readonly estopOpen: boolean;
  readonly trace: Hash;
}

interface Exposure {
  readonly dueMs: number;
  readonly sightings: readonly TagSighting[];
}

/** The simulated house around one core: it plays the hardware, millisecond by millisecond. */
export interface SimWorld {
  /** Exactly 1 ms: sensors, one tick of the core, its outputs; physics every 2 ms. */
  step(): void;
  timeMs(): number;
  truth(): Truth;
  /** Episodes in which the chassis touched a solid. */
  contacts(): number;
  /** The fastest that it went into one, m/s. */
  strongestContactMps(): number;
  readonly tags: TagSensor;
  pressEstop(open: boolean): void;
  setFault(part: FaultyPart, kind: "off" | "none"): void;
  /** Puts the robot elsewhere, standing still. */
  moveRobot(pose: Pose): void;
  /** A box that rays and wheels meet. Throws `bad-world` when there are too many. */
  addObstacle(obstacle: Obstacle): void;
  removeObstacles(): void;
  /** Adds a discrete event to the trace. */
  mark(event: string): void;
  /** SHA-256 over quantised states and events; equal for equal seed and inputs. */
  trace(): string;
  snapshot(): SimSnapshot;
  restore(snapshot: SimSnapshot): void;
  /** Frees the physics; idempotent. */
  stop(): void;
}

export interface SimWorldOptions {
  readonly world: World;
  readonly board: Board;
  readonly seed: number;
  readonly core: CoreHost;
}

const traceEveryMs = 100;
/** Touches are looked up only when the chassis is this near to something, */
const touchLookM = 0.01;
/** and nearness only when it can have changed: nothing here drives faster than this. */
const topMps = 2;

/** Boxes that the rays must see where the physics has obstacles. */
const obstacleBox = ({ x_m, y_m, size_m }: Obstacle) => ({
  label: "obstacle",
  x_m,
  y_m,
  size_x_m: size_m,
  size_y_m: size_m,
  heading_rad: 0,
});

function createTagSensor(): TagSensor & { emit(sightings: readonly TagSighting[]): void } {
  const listeners = new Set<(sightings: readonly TagSighting[]) => void>();
  return {
    onSightings(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    stop: () => listeners.clear(),
    emit(sightings) {
      for (const listen of listeners) listen(sightings);
    },
  };
}

/** Builds a world around a core; loads MuJoCo, which takes a fraction of a second. */
export async function createSimWorld(options: SimWorldOptions): Promise<SimWorld> {
  return assemble(options, await createPhysics(options.world, options.board));
}

function assemble({ world, board, seed, core }: SimWorldOptions, physics: Physics): SimWorld {
  const { body } = physics;
  const rays = createRayCaster(world.plan.solids, world.soft);
  const faults = new Set<FaultyPart>();
  const devices = createDevices(board, rays, seed, faults);
  const counter = createContactCounter();
  const tagRandom = createReplayRandom(seed, "tags");
  const tags = createTagSensor();
  const trace = createTrace(`${world.plan.name} ${board.name} ${seed}`);
  let exposed: Exposure | null = null;
  let obstacles: readonly Obstacle[] = [];
  let estopOpen = false;
  let timeMs = 0;
  let lookAgainMs = 0;
  let duties = { leftDuty: 0, rightDuty: 0 };

  const mark = (event: string) => trace.event(timeMs, event);

  function stepCamera(): void {
    if (exposed !== null && timeMs >= exposed.dueMs) {
      if (!faults.has("tags")) tags.emit(exposed.sightings);
      exposed = null;
    }
    if (timeMs % tagPeriodMs !== 0) return;
    const sightings = sightTags(world.plan.tags, board.camera, rays, body, tagRandom);
    exposed = { dueMs: timeMs + tagDelayMs, sightings };
  }
  function stepPhysics(leftV: number, rightV: number): void {
    physics.step(leftV, rightV);
    devices.moved(body);
    if (timeMs < lookAgainMs) return;
    const freeM = rays.clearanceM(body.xM, body.yM) - board.body_radius_m - touchLookM;
    if (freeM > 0) {
      lookAgainMs = timeMs + Math.min(1000, (freeM / topMps) * 1000);
      return;
    }
    for (const touch of counter.take(timeMs, physics.touches())) mark(`contact ${touch.geom}`);
  }
  function putObstacles(next: readonly Obstacle[]): void {
    obstacles = next;
    physics.setObstacles(obstacles);
    rays.setExtra(obstacles.map(obstacleBox));
    lookAgainMs = timeMs;
  }
  return {
    step() {
      const inputs = devices.inputs(timeMs, body);
      const bumpers = counter.bumpers(timeMs);
      inputs.bumperLeft = bumpers.left;
      inputs.bumperRight = bumpers.right;
      inputs.estopOpen = estopOpen;
      const motor = devices.outputs(timeMs, body, core.tick(inputs));
      duties = motor;
      if (timeMs % traceEveryMs === 0) trace.state(timeMs, body.xM, body.yM, body.headingRad);
      stepCamera();
      if (timeMs % physicsStepMs === 0) stepPhysics(motor.leftV, motor.rightV);
      timeMs++;
    },
    timeMs: () => timeMs,
    truth() {
      const { xM, yM, headingRad, vxMps, vyMps, turnRadps } = body;
      const ahead = vxMps * Math.cos(headingRad) + vyMps * Math.sin(headingRad);
      const speedMps = Math.hypot(vxMps, vyMps) * (ahead < 0 ? -1 : 1);
      const { leftDuty, rightDuty } = duties;
      return { xM, yM, headingRad, speedMps, turnRadps, leftDuty, rightDuty };
    },
    contacts: counter.count,
    strongestContactMps: counter.strongestMps,
    tags,
    pressEstop(open) {
      if (open !== estopOpen) mark(`estop ${open ? "open" : "closed"}`);
      estopOpen = open;
    },
    setFault(part, kind) {
      if (kind === "off") faults.add(part);
      else faults.delete(part);
      mark(`fault ${part} ${kind}`);
    },
    moveRobot(pose) {
      physics.place(pose);
      lookAgainMs = timeMs;
      mark("moved by hand");
    },
    addObstacle(obstacle) {
      if (obstacles.length === obstacleLimit) {
        throw new TimmyError("bad-world", `At most ${obstacleLimit} obstacles fit in.`);
      }
      putObstacles([...obstacles, obstacle]);
      mark(`obstacle ${Math.round(obstacle.x_m * 1000)} ${Math.round(obstacle.y_m * 1000)}`);
    },
    removeObstacles() {
      putObstacles([]);
      mark("obstacles removed");
    },
    mark,
    trace: trace.digest,
    snapshot: () => ({
      timeMs,
      physics: physics.save(),
      devices: devices.save(),
      contacts: counter.save(),
      tagDraws: tagRandom.drawn(),
      exposed,
      obstacles,
      faults: [...faults],
      estopOpen,
      trace: trace.save(),
    }),
    restore(snapshot) {
      timeMs = snapshot.timeMs;
      putObstacles(snapshot.obstacles);
      physics.restore(snapshot.physics);
      devices.restore(snapshot.devices);
      counter.restore(snapshot.contacts);
      tagRandom.seek(snapshot.tagDraws);
      exposed = snapshot.exposed;
      faults.clear();
      for (const part of snapshot.faults) faults.add(part);
      estopOpen = snapshot.estopOpen;
      duties = snapshot.devices.motor;
      trace.restore(snapshot.trace);
    },
    stop() {
      tags.stop();
      physics.delete();
    },
  };
}
