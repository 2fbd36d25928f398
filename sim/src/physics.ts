import loadMujoco, { type MainModule, type MjData, type MjModel } from "@mujoco/mujoco";
import type { Board } from "@timmy/hardware/board";
import type { Pose } from "@timmy/shared/map/floor-plan";
import { obstacleLimit } from "./limits.ts";
import { toMjcf } from "./mjcf.ts";
import type { World } from "./world.ts";

/** The robot's true state; one object is reused for all steps. */
export interface BodyState {
  xM: number;
  yM: number;
  headingRad: number;
  /** In the world's frame. */
  vxMps: number;
  vyMps: number;
  turnRadps: number;
  leftRad: number;
  rightRad: number;
  leftNm: number;
  rightNm: number;
}

/** The chassis against one solid: which, where on the robot, and how fast it went into it. */
export interface Touch {
  readonly geom: number;
  readonly bearingRad: number;
  readonly normalMps: number;
}

export interface Obstacle {
  readonly x_m: number;
  readonly y_m: number;
  readonly size_m: number;
}

export interface Physics {
  readonly body: Readonly<BodyState>;
  /** One step with the voltages at the motors' terminals. */
  step(leftV: number, rightV: number): void;
  /** What the chassis touches now; allocates, so ask only when something is near. */
  touches(): Touch[];
  place(pose: Pose): void;
  setObstacles(obstacles: readonly Obstacle[]): void;
  save(): number[];
  restore(state: readonly number[]): void;
  delete(): void;
}

/** The binding's arrays are views into a heap that may move; they are fetched again then. */
interface Views {
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  readonly ctrl: Float64Array;
  readonly force: Float64Array;
}

// qpos: 0-2 position, 3-6 quaternion (w first), 7 and 8 wheels; qvel: 0-2, 3-5 (own frame), 6, 7.
const leftQ = 7;
const rightQ = 8;
const freeDofs = 6;
const parkedZ = -5;
const obstacleHalfHeightM = 0.5;

function createBody(): BodyState {
  return {
    xM: 0,
    yM: 0,
    headingRad: 0,
    vxMps: 0,
    vyMps: 0,
    turnRadps: 0,
    leftRad: 0,
    rightRad: 0,
    leftNm: 0,
    rightNm: 0,
  };
}

function readBody(body: BodyState, views: Views): void {
  const { qpos, qvel, force } = views;
  const at = (view: Float64Array, index: number) => view[index] ?? Number.NaN;
  const w = at(qpos, 3);
  const x = at(qpos, 4);
  const y = at(qpos, 5);
  const z = at(qpos, 6);
  body.xM = at(qpos, 0);
  body.yM = at(qpos, 1);
  body.headingRad = Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
  body.vxMps = at(qvel, 0);
  body.vyMps = at(qvel, 1);
  body.turnRadps = at(qvel, 5);
  body.leftRad = at(qpos, leftQ);
  body.rightRad = at(qpos, rightQ);
  body.leftNm = at(force, 0);
  body.rightNm = at(force, 1);
}

function readTouches(
  data: MjData,
  chassis: number,
  body: BodyState,
  before: { vx: number; vy: number },
): Touch[] {
  const touches: Touch[] = [];
  const contacts = data.contact;
  for (let i = 0; i < contacts.size(); i++) {
    const contact = contacts.get(i);
    if (contact === undefined) continue;
    const { geom1, geom2 } = contact;
    if (geom1 === chassis || geom2 === chassis) {
      const position: Float64Array = contact.pos;
      // The frame's first row is the normal, from geom1 to geom2.
      const frame: Float64Array = contact.frame;
      const sign = geom1 === chassis ? 1 : -1;
      const nx = sign * (frame[0] ?? 0);
      const ny = sign * (frame[1] ?? 0);
      const towards = Math.atan2((position[1] ?? 0) - body.yM, (position[0] ?? 0) - body.xM);
      touches.push({
        geom: geom1 === chassis ? geom2 : geom1,
        bearingRad: Math.atan2(
          Math.sin(towards - body.headingRad),
          Math.cos(towards - body.headingRad),
        ),
        normalMps: Math.max(0, before.vx * nx + before.vy * ny),
      });
    }
    contact.delete();
  }
  contacts.delete();
  return touches;
}

function putObstacles(
  mujoco: MainModule,
  model: MjModel,
  data: MjData,
  obstacles: readonly Obstacle[],
): void {
  const positions: Float64Array = data.mocap_pos;
  const sizes: Float64Array = model.geom_size;
  const bounds: Float64Array = model.geom_rbound;
  const boxes: Float64Array = model.geom_aabb;
  const geomType = mujoco.mjtObj.mjOBJ_GEOM.value;
  for (let i = 0; i < obstacleLimit; i++) {
    const obstacle = obstacles[i];
    const geom = mujoco.mj_name2id(model, geomType, `obstacle_${i}`);
    const half = (obstacle?.size_m ?? 1) / 2;
    const height = obstacleHalfHeightM;
    sizes.set([half, half, height], geom * 3);
    bounds[geom] = Math.hypot(half, half, height);
    boxes.set([0, 0, 0, half, half, height], geom * 6);
    const place = obstacle && [obstacle.x_m, obstacle.y_m, height];
    positions.set(place ?? [i, 0, parkedZ], i * 3);
  }
}

function fetchViews(data: MjData): Views {
  return { qpos: data.qpos, qvel: data.qvel, ctrl: data.ctrl, force: data.actuator_force };
}

/** MuJoCo behind our own port; every world has an instance of the module, and so its own heap. */
export async function createPhysics(world: World, board: Board): Promise<Physics> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(toMjcf(world, board));
  const data = new mujoco.MjData(model);
  const stateKind = mujoco.mjtState.mjSTATE_INTEGRATION.value;
  const stateBuffer = new mujoco.DoubleBuffer(mujoco.mj_stateSize(model, stateKind));
  const chassis = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM.value, "chassis");
  let views = fetchViews(data);
  const body = createBody();
  const before = { vx: 0, vy: 0 };
  let live = true;

  function refresh(): void {
    if (views.qpos.length === 0) views = fetchViews(data);
    readBody(body, views);
  }
  function settle(): void {
    mujoco.mj_forward(model, data);
    refresh();
    before.vx = body.vxMps;
    before.vy = body.vyMps;
  }
  settle();
  return {
    body,
    step(leftV, rightV) {
      if (views.ctrl.length === 0) views = fetchViews(data);
      before.vx = body.vxMps;
      before.vy = body.vyMps;
      views.ctrl[0] = leftV;
      views.ctrl[1] = rightV;
      mujoco.mj_step(model, data);
      refresh();
    },
    touches: () => readTouches(data, chassis, body, before),
    place(pose) {
      views = fetchViews(data);
      const half = pose.headingRad / 2;
      views.qpos.set([pose.xM, pose.yM, 0, Math.cos(half), 0, 0, Math.sin(half)]);
      views.qvel.fill(0, 0, freeDofs + 2);
      settle();
    },
    setObstacles(obstacles) {
      putObstacles(mujoco, model, data, obstacles);
      settle();
    },
    save() {
      mujoco.mj_getState(model, data, stateBuffer, stateKind);
      return Array.from<number>(stateBuffer.GetView());
    },
    restore(state) {
      mujoco.mj_setState(model, data, [...state], stateKind);
      settle();
    },
    delete() {
      if (!live) return;
      live = false;
      stateBuffer.delete();
      data.delete();
      model.delete();
    },
  };
}
