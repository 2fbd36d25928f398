import { errorTable } from "@timmy/shared/errors";
import { z } from "zod";
import type { GatewayAnswer, RobotGateway } from "./robot-gateway.ts";

type Order = (gateway: RobotGateway, body: unknown) => Promise<GatewayAnswer>;

function order<T extends z.ZodType>(
  schema: T,
  send: (gateway: RobotGateway, body: z.infer<T>) => Promise<GatewayAnswer>,
): Order {
  return async (gateway, body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return send(gateway, parsed.data);
    const issue = parsed.error.issues[0];
    const { sentence } = errorTable["bad-payload"];
    const detail = `${sentence} ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
    return { ok: false, code: "bad-payload", sentence: detail, taskId: null, speedMps: null };
  };
}

const text = z.object({ text: z.string() });
/** A stop is not refused for what stands in its body. */
const anything = z.unknown();

/** What a dashboard can tell the robot: `POST /api/robot/{name}`. */
export const robotOrders: Readonly<Record<string, Order>> = {
  hear: order(text, (gateway, body) => gateway.hear(body.text)),
  say: order(text, (gateway, body) => gateway.say(body.text)),
  goto: order(z.object({ place: z.string() }), (gateway, body) => gateway.goto(body.place)),
  stop: order(anything, (gateway) => gateway.stop()),
  estop: order(anything, (gateway) => gateway.estop()),
  reset: order(z.object({ generation: z.number().int().min(0) }), (gateway, body) =>
    gateway.reset(body.generation),
  ),
};
