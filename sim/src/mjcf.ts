import type { Board } from "@timmy/hardware/board";
import type { Solid } from "@timmy/shared/map/floor-plan";
import { obstacleLimit, physicsStepMs } from "./limits.ts";
import type { World } from "./world.ts";

const number = (value: number): string => {
  const text = value.toFixed(6).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
};
const vector = (...values: readonly number[]): string => values.map(number).join(" ");

/** Weights that the board file does not split: each wheel with its tyre, and the battery pack. */
const wheelKg = 0.08;
const batteryKg = 0.5;
/** The battery sits behind the axle, so that the caster always carries weight. */
const batteryX = -0.06;
/** Gearbox friction at the wheel; small against the stall torque, but it holds a standing robot. */
const gearboxNm = 0.008;
const groundClearanceM = 0.02;

function solidGeom(solid: Solid, at: number): string {
  const position = vector(solid.x_m, solid.y_m, solid.height_m / 2);
  const size = vector(solid.size_x_m / 2, solid.size_y_m / 2, solid.height_m / 2);
  const turn = solid.heading_rad === 0 ? "" : ` euler="0 0 ${number(solid.heading_rad)}"`;
  const name = `${solid.label} ${at}`.replace(/[^A-Za-z0-9 _-]/g, "_");
  return `    <geom name="${name}" class="${solid.kind}" pos="${position}" size="${size}"${turn}/>`;
}

/**
 * Rotor inertia seen at the wheel, so that speed follows voltage with the board's time constant:
 * tau = (rotor + wheel + half the robot at the wheel's radius) / (stall torque / no-load speed).
 */
export function rotorInertia(board: Board): number {
  const damping = board.motor.stall_nm / board.motor.no_load_radps;
  const radius = board.wheel_radius_m;
  const moved = (board.mass_kg / 2) * radius ** 2 + 0.4 * wheelKg * radius ** 2;
  return Math.max(1e-5, board.motor.time_constant_s * damping - moved);
}

function wheel(side: "left" | "right", board: Board): string[] {
  const y = side === "left" ? board.track_m / 2 : -board.track_m / 2;
  const radius = board.wheel_radius_m;
  // A ball touches in one point: a cylinder's rim jumps between contact points and ripples.
  return [
    `      <body name="${side}_wheel" pos="${vector(0, y, radius)}">`,
    `        <joint name="${side}_axle" axis="0 1 0" armature="${number(rotorInertia(board))}"` +
      ` frictionloss="${number(gearboxNm)}"/>`,
    `        <geom name="${side}_tyre" type="sphere" size="${number(radius)}"` +
      ` mass="${number(wheelKg)}" friction="1 0.005 0.0001"/>`,
    "      </body>",
  ];
}

function robot(world: World, board: Board): string[] {
  const { x_m, y_m, heading_rad } = world.start;
  const halfHeight = (board.body_height_m - groundClearanceM) / 2;
  const chassisKg = board.mass_kg - 2 * wheelKg - batteryKg;
  const radius = board.body_radius_m;
  const caster = 0.015;
  return [
    `    <body name="robot" pos="${vector(x_m, y_m, 0)}" euler="0 0 ${number(heading_rad)}">`,
    '      <freejoint name="base"/>',
    `      <geom name="chassis" type="cylinder" pos="${vector(0, 0, groundClearanceM + halfHeight)}"` +
      ` size="${vector(radius, halfHeight)}" mass="${number(chassisKg)}" friction="0.3"/>`,
    `      <geom name="battery" type="box" pos="${vector(batteryX, 0, 0.05)}" size="0.035 0.035 0.02"` +
      ` mass="${number(batteryKg)}" contype="0" conaffinity="0"/>`,
    `      <geom name="caster" class="slide" pos="${vector(caster - radius, 0, caster)}"` +
      ` size="${number(caster)}"/>`,
    // It touches only when the robot brakes hard, and keeps it from falling on its nose.
    `      <geom name="nose_skid" class="slide" pos="${vector(radius - caster, 0, caster + 0.001)}"` +
      ` size="${number(caster)}"/>`,
    ...wheel("left", board),
    ...wheel("right", board),
    "    </body>",
  ];
}

function obstacles(): string[] {
  return Array.from(
    { length: obstacleLimit },
    (_, at) =>
      `    <body name="obstacle_${at}" mocap="true" pos="${vector(at, 0, -5)}">` +
      `<geom name="obstacle_${at}" type="box" size="0.5 0.5 0.5"/></body>`,
  );
}

/**
 * The world and a robot of that board as MuJoCo's XML; the same input gives the same text.
 * Elliptic cones with a high impedance ratio, because with the default ones wheels slip far too
 * easily; a fixed arena, because a heap that grows detaches the views of the binding.
 */
export function toMjcf(world: World, board: Board): string {
  const { plan } = world;
  const motor = vector(board.motor.nominal_v, board.motor.stall_nm, board.motor.no_load_radps);
  const lines = [
    `<mujoco model="${plan.name}">`,
    '  <compiler angle="radian"/>',
    `  <option timestep="${number(physicsStepMs / 1000)}" cone="elliptic" impratio="10"` +
      ' integrator="implicitfast"/>',
    '  <size memory="1M"/>',
    "  <default>",
    '    <default class="wall"><geom type="box" rgba="0.85 0.84 0.8 1"/></default>',
    '    <default class="furniture"><geom type="box" rgba="0.6 0.45 0.3 1"/></default>',
    '    <default class="slide"><geom type="sphere" mass="0" friction="0.01 0.001 0.0001"' +
      ' priority="1"/></default>',
    "  </default>",
    "  <worldbody>",
    `    <geom name="floor" type="plane" pos="${vector(plan.width_m / 2, plan.height_m / 2, 0)}"` +
      ` size="${vector(plan.width_m / 2 + 1, plan.height_m / 2 + 1, 0.1)}"/>`,
    ...plan.solids.map(solidGeom),
    ...robot(world, board),
    ...obstacles(),
    "  </worldbody>",
    "  <actuator>",
    `    <dcmotor name="left_motor" joint="left_axle" nominal="${motor}"/>`,
    `    <dcmotor name="right_motor" joint="right_axle" nominal="${motor}"/>`,
    "  </actuator>",
    "</mujoco>",
  ];
  return `${lines.join("\n")}\n`;
}
