import type { World } from "@timmy/sim/world";

/** Names under which the parts of a house at home meet. */
export const robotNode = "timmy";
export const companionNode = "companion";
export const version = "0.1.0";

export function roomNames(world: World): string[] {
  return world.plan.rooms.map((room) => room.name);
}
