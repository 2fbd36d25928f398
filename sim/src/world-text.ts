import { loadBoard } from "@timmy/hardware/board";
import { house001 } from "./house-001.ts";
import { toMjcf } from "./mjcf.ts";
import type { World } from "./world.ts";

/** JSON with one line for each room, solid, tag and door, so that a change shows as a line. */
export function worldText(world: World): string {
  const list = (values: readonly unknown[], indent: string): string =>
    `[\n${values.map((value) => `${indent}  ${JSON.stringify(value)}`).join(",\n")}\n${indent}]`;
  const { plan } = world;
  return `{
  "plan": {
    "name": ${JSON.stringify(plan.name)},
    "width_m": ${plan.width_m},
    "height_m": ${plan.height_m},
    "rooms": ${list(plan.rooms, "    ")},
    "solids": ${list(plan.solids, "    ")},
    "tags": ${list(plan.tags, "    ")},
    "dock": ${JSON.stringify(plan.dock)}
  },
  "doors": ${list(world.doors, "  ")},
  "soft": ${list(world.soft, "  ")},
  "start": ${JSON.stringify(world.start)}
}
`;
}

/** Every committed file of `sim/worlds`, by name; a test compares them. */
export function worldFiles(): readonly { readonly name: string; readonly text: string }[] {
  const world = house001();
  return [
    { name: "house_001.json", text: worldText(world) },
    { name: "house_001.xml", text: toMjcf(world, loadBoard("mk1")) },
  ];
}
