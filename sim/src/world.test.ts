import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBoard } from "@timmy/hardware/board";
import { roomAt } from "@timmy/shared/map/floor-plan";
import { afterAll, describe, expect, it } from "vitest";
import { floodFrom } from "./free-grid.ts";
import { house001 } from "./house-001.ts";
import { toMjcf } from "./mjcf.ts";
import { createRayCaster } from "./ray-caster.ts";
import { seeTag } from "./tag-camera.ts";
import { loadWorld, parseWorld, type World } from "./world.ts";
import { worldFiles } from "./world-text.ts";

const board = loadBoard();
const folder = mkdtempSync(join(tmpdir(), "timmy-world-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const file = join(folder, "world.json");
  writeFileSync(file, text);
  return file;
}

function changed(change: (world: World) => void): World {
  const world = house001();
  change(world);
  return world;
}

describe("the committed worlds", () => {
  it("equal what the generator writes", () => {
    for (const { name, text } of worldFiles()) {
      const committed = readFileSync(new URL(`../worlds/${name}`, import.meta.url), "utf8");
      expect(committed, `${name}: run node sim/src/build-worlds.ts`).toBe(text);
    }
  });

  it("give the same physics from the file as from the generator", () => {
    expect(toMjcf(loadWorld("house_001"), board)).toBe(toMjcf(house001(), board));
  });
});

describe("house_001", () => {
  const world = loadWorld("house_001");
  const { plan } = world;
  const { x_m, y_m } = plan.dock;

  it("has seven rooms or more, about seventy pieces and eighteen tags", () => {
    expect(plan.rooms.length).toBeGreaterThanOrEqual(7);
    expect(plan.solids.length).toBeGreaterThanOrEqual(60);
    expect(plan.tags.map((tag) => tag.id)).toEqual(Array.from({ length: 18 }, (_, id) => id));
    expect(roomAt(plan, x_m, y_m)?.id).toBe("hallway");
  });

  it("lets the robot reach every room's goal from the dock", () => {
    const grid = floodFrom(plan, 0.17, [x_m, y_m]);
    for (const { id, goal } of plan.rooms) expect(grid.reaches(...goal), id).toBe(true);
  });

  it("keeps every way at least 0.6 m wide", () => {
    // From just before the dock: the robot itself stands nearer to it than that.
    const grid = floodFrom(plan, 0.3, [x_m + 0.15, y_m]);
    for (const { id, goal } of plan.rooms) expect(grid.reaches(...goal), id).toBe(true);
  });

  it("leaves only walls and furniture out of reach, no outside", () => {
    const share = floodFrom(plan, 0.17, [x_m, y_m]).share();
    expect(share).toBeGreaterThan(0.3);
    expect(floodFrom(plan, 0.17, [x_m, y_m]).reaches(plan.width_m - 0.02, 0.02)).toBe(false);
  });

  it("shows a tag from every goal and from the dock, for who turns around there", () => {
    const rays = createRayCaster(plan.solids);
    const places = [...plan.rooms.map((room) => room.goal), [x_m, y_m] as const];
    for (const [xM, yM] of places) {
      const seen = Array.from({ length: 36 }, (_, i) => (i * Math.PI) / 18).some((headingRad) =>
        plan.tags.some((tag) => seeTag(tag, board.camera, rays, { xM, yM, headingRad }) !== null),
      );
      expect(seen, `${xM} ${yM}`).toBe(true);
    }
  });

  it.each([0, Math.PI])("shows tags over most of the hallway, heading %f", (headingRad) => {
    const rays = createRayCaster(plan.solids);
    const xs = Array.from({ length: 95 }, (_, i) => 0.8 + i / 10);
    const seen = xs.filter((xM) =>
      plan.tags.some((tag) => seeTag(tag, board.camera, rays, { xM, yM: 3.85, headingRad })),
    );
    expect(seen.length / xs.length).toBeGreaterThan(0.7);
  });

  it("hangs every tag on a face, with its normal to the free side", () => {
    const rays = createRayCaster(plan.solids);
    for (const tag of plan.tags) {
      const at = (distance: number) =>
        rays.clearanceM(
          tag.x_m + distance * Math.cos(tag.heading_rad),
          tag.y_m + distance * Math.sin(tag.heading_rad),
        );
      expect(at(-0.02), `behind ${tag.id}`).toBeLessThan(0);
      expect(at(0.05), `before ${tag.id}`).toBeGreaterThan(0);
    }
  });
});

describe("doors", () => {
  it("cut a room off when it is named, and leave the others", () => {
    const { plan } = loadWorld("house_001", { closedDoors: ["kitchen"] });
    const grid = floodFrom(plan, 0.17, [plan.dock.x_m, plan.dock.y_m]);
    const reached = plan.rooms.filter(({ goal }) => grid.reaches(...goal)).map((room) => room.id);
    expect(reached).not.toContain("kitchen");
    expect(reached).toHaveLength(plan.rooms.length - 1);
  });

  it("close one by one by their id, with another way left open", () => {
    const { plan, doors } = loadWorld("house_001", { closedDoors: ["dining_room_door"] });
    const grid = floodFrom(plan, 0.17, [plan.dock.x_m, plan.dock.y_m]);
    const dining = plan.rooms.find((room) => room.id === "dining_room");
    expect(grid.reaches(...(dining?.goal ?? [0, 0]))).toBe(true);
    expect(plan.solids.map((solid) => solid.label)).toContain("closed door dining_room_door");
    expect(doors.find((door) => door.id === "dining_room_door")?.open).toBe(false);
  });

  it("are refused when there is none of that name", () => {
    expect(() => loadWorld("house_001", { closedDoors: ["attic"] })).toThrow(/"attic"/);
  });

  it("stand in the plan once when the file closes them and they are named too", () => {
    const world = changed((house) => {
      for (const door of house.doors) door.open = door.id !== "study_door";
    });
    const file = fileWith(JSON.stringify(world));
    const { plan } = loadWorld(file, { closedDoors: ["study"] });
    expect(plan.solids.filter((solid) => solid.label.startsWith("closed door"))).toHaveLength(1);
  });
});

describe("a bad world", () => {
  it.each([
    ["a missing file", () => loadWorld(join(folder, "none.json")), /cannot be read/],
    ["an unknown name", () => loadWorld("castle"), /castle.*cannot be read/],
    ["no JSON", () => loadWorld(fileWith("{")), /not JSON/],
    ["a missing plan", () => loadWorld(fileWith("{}")), /plan/],
    ["a file too large", () => loadWorld(fileWith(" ".repeat(1_000_001))), /larger than/],
  ])("is refused: %s", (_, load, message) => {
    expect(load).toThrow(message);
    expect(load).toThrow(expect.objectContaining({ code: "bad-world" }));
  });

  it.each([
    ["a goal in the sofa", (w: World) => (goal(w, "living_room")[0] = 1.9), /inside a solid/],
    ["a goal next door", (w: World) => (goal(w, "kitchen")[1] = 1), /outside of it/],
    ["two rooms of one id", (w: World) => w.plan.rooms.push(...w.plan.rooms), /used twice/],
    ["a soft nothing", (w: World) => w.soft.push("cloud"), /"cloud" is soft/],
    ["a door to nowhere", (w: World) => (first(w.doors).rooms[0] = "attic"), /attic/],
    ["a start in a wall", (w: World) => (w.start.x_m = 0.05), /start is inside/],
  ])("is refused: %s", (_, change, message) => {
    const world = changed((house) => {
      change(house);
      if (message.source === "inside a solid") goal(house, "living_room")[1] = 0.5;
    });
    expect(() => parseWorld(world, "test")).toThrow(message);
  });
});

function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error("empty");
  return value;
}

function goal(world: World, id: string): [number, number] {
  return first(world.plan.rooms.filter((room) => room.id === id)).goal;
}
