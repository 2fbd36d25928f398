import { readFileSync, statSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import { floorPlanSchema, insideOutline, type Solid } from "@timmy/shared/map/floor-plan";
import { z } from "zod";
import { worldFileLimitBytes } from "./limits.ts";
import { createRayCaster } from "./ray-caster.ts";

const metres = z.number().min(-500).max(500);
const size = z.number().positive().max(500);
const id = z.string().regex(/^[a-z0-9_]{1,32}$/);

export const doorSchema = z.object({
  id,
  /** The two rooms it joins. */
  rooms: z.tuple([id, id]),
  x_m: metres,
  y_m: metres,
  size_x_m: size,
  size_y_m: size,
  open: z.boolean(),
});
export type Door = z.infer<typeof doorSchema>;

/** A world file: what the robot may know (`plan`), and what only the simulation knows. */
export const worldSchema = z.object({
  plan: floorPlanSchema,
  doors: z.array(doorSchema).max(64),
  /** Labels of the solids that swallow sound; every other one is acoustically hard. */
  soft: z.array(z.string().min(1).max(40)).max(200),
  start: z.object({ x_m: metres, y_m: metres, heading_rad: z.number().min(-7).max(7) }),
});
export type World = z.infer<typeof worldSchema>;

const doorHeightM = 2;

/** The box that a closed door is. */
export function closedDoor(door: Door): Solid {
  const { x_m, y_m, size_x_m, size_y_m } = door;
  const label = `closed door ${door.id}`.slice(0, 40);
  const height_m = doorHeightM;
  return { kind: "furniture", label, x_m, y_m, size_x_m, size_y_m, heading_rad: 0, height_m };
}

function doubles(ids: readonly (string | number)[]): (string | number)[] {
  return ids.filter((value, at) => ids.indexOf(value) !== at);
}

/** What is wrong with a world beyond its form; empty when nothing is. */
export function worldFaults(world: World): string[] {
  const { plan, doors, soft, start } = world;
  const faults: string[] = [];
  const roomIds = plan.rooms.map((room) => room.id);
  for (const twice of [
    ...doubles(roomIds),
    ...doubles(doors.map((door) => door.id)),
    ...doubles(plan.tags.map((tag) => tag.id)),
  ]) {
    faults.push(`the id ${twice} is used twice`);
  }
  const rays = createRayCaster(plan.solids, soft);
  for (const room of plan.rooms) {
    const [x, y] = room.goal;
    if (!insideOutline(room.outline, x, y)) faults.push(`the goal of ${room.id} is outside of it`);
    if (rays.clearanceM(x, y) <= 0) faults.push(`the goal of ${room.id} is inside a solid`);
  }
  for (const door of doors) {
    for (const room of door.rooms) {
      if (!roomIds.includes(room))
        faults.push(`door ${door.id} leads to ${room}, which is no room`);
    }
  }
  const labels = new Set(plan.solids.map((solid) => solid.label));
  for (const label of soft) {
    if (!labels.has(label)) faults.push(`"${label}" is soft, but no solid has that label`);
  }
  if (rays.clearanceM(start.x_m, start.y_m) <= 0) faults.push("the start is inside a solid");
  return faults;
}

/** The same world with more doors closed, by id or by room. Throws `bad-world`. */
export function closeDoors(world: World, names: readonly string[]): World {
  const closed = names.map((name) => {
    const room = world.plan.rooms.find((r) => r.name.toLowerCase() === name.toLowerCase());
    return room?.id ?? name;
  });
  for (const name of closed) {
    if (!world.doors.some((door) => door.id === name || door.rooms.includes(name))) {
      const rooms = world.plan.rooms.map((room) => room.name).join(", ");
      throw new TimmyError("bad-world", `There is no door or room "${name}"; the rooms: ${rooms}.`);
    }
  }
  const doors = world.doors.map((door) => {
    const shut = closed.includes(door.id) || door.rooms.some((room) => closed.includes(room));
    return shut ? { ...door, open: false } : door;
  });
  const known = new Set(world.plan.solids.map((solid) => solid.label));
  const added = doors
    .filter((door) => !door.open)
    .map(closedDoor)
    .filter((solid) => !known.has(solid.label));
  return { ...world, doors, plan: { ...world.plan, solids: [...world.plan.solids, ...added] } };
}

/** Checks a value as a world. Throws `bad-world` with what was found. */
export function parseWorld(value: unknown, where: string): World {
  const parsed = worldSchema.safeParse(value);
  const faults = parsed.success
    ? worldFaults(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (!parsed.success || faults.length > 0) {
    throw new TimmyError("bad-world", `${where}: ${faults.slice(0, 5).join("; ")}.`);
  }
  return parsed.data;
}

function readWorldFile(file: string | URL, where: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > worldFileLimitBytes) {
      throw new TimmyError("bad-world", `${where}: larger than ${worldFileLimitBytes} bytes.`);
    }
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof TimmyError) throw cause;
    throw new TimmyError("bad-world", `${where}: it cannot be read.`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TimmyError("bad-world", `${where}: it is not JSON.`, { cause });
  }
}

/**
 * Reads a world: a name (`house_001`) means a world that comes with Timmy; anything with a slash
 * or `.json` is a file. Closed doors stand in `plan.solids`. Throws `bad-world`.
 */
export function loadWorld(
  nameOrFile: string,
  options: { readonly closedDoors?: readonly string[] } = {},
): World {
  const isFile = nameOrFile.includes("/") || nameOrFile.endsWith(".json");
  const file = isFile
    ? nameOrFile
    : new URL(`../worlds/${encodeURIComponent(nameOrFile)}.json`, import.meta.url);
  const world = parseWorld(readWorldFile(file, nameOrFile), nameOrFile);
  return closeDoors(world, options.closedDoors ?? []);
}
