import { z } from "zod";
import type { SimWorld } from "./sim-world.ts";

const metres = z.number().min(-500).max(500);

/** What a test or a viewer may do to the world, over the truth socket. */
export const worldCommandSchema = z.discriminatedUnion("cmd", [
  z.object({ cmd: z.literal("estop"), open: z.boolean() }),
  z.object({
    cmd: z.literal("obstacle"),
    x_m: metres,
    y_m: metres,
    size_m: z.number().min(0.02).max(5),
  }),
  z.object({ cmd: z.literal("clear") }),
  z.object({
    cmd: z.literal("fault"),
    part: z.enum(["motor", "encoder", "range", "tags"]),
    kind: z.enum(["off", "none"]),
  }),
  z.object({ cmd: z.literal("move"), x_m: metres, y_m: metres, heading_rad: z.number() }),
]);
export type WorldCommand = z.infer<typeof worldCommandSchema>;

/** Does one command. Throws `bad-world` when it does not fit in. */
export function applyCommand(world: SimWorld, command: WorldCommand): void {
  switch (command.cmd) {
    case "estop":
      return world.pressEstop(command.open);
    case "obstacle":
      return world.addObstacle(command);
    case "clear":
      return world.removeObstacles();
    case "fault":
      return world.setFault(command.part, command.kind);
    case "move":
      return world.moveRobot({
        xM: command.x_m,
        yM: command.y_m,
        headingRad: command.heading_rad,
      });
  }
}

/** Reads one line as a command, or says what is wrong with it. */
export function parseCommand(line: string | null): WorldCommand | string {
  if (line === null) return "the line is too long";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  const parsed = worldCommandSchema.safeParse(value);
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? "unknown command");
}
