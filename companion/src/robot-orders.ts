import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import { commandPayloads } from "@timmy/shared/mqtt/payloads";
import type { GatewayAnswer, RobotGateway } from "./robot-gateway.ts";

type Order = (gateway: RobotGateway, body: unknown) => Promise<GatewayAnswer>;

/** The part of a schema that is used here. */
interface Schema<T> {
  safeParse(body: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly {
            readonly code: string;
            readonly path: readonly PropertyKey[];
            readonly message: string;
          }[];
        };
      };
}

/** An order whose body is the same as the payload's own fields, checked by the same schema. */
function order<T>(
  schema: Schema<T>,
  send: (gateway: RobotGateway, body: T) => Promise<GatewayAnswer>,
  tooBig: ErrorCode = "bad-payload",
): Order {
  return async (gateway, body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return send(gateway, parsed.data);
    const issue = parsed.error.issues[0];
    const code = issue?.code === "too_big" ? tooBig : "bad-payload";
    const where = `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "invalid"}`;
    const sentence = `${errorTable[code].sentence} ${where}`;
    return { ok: false, code, sentence, taskId: null, speedMps: null };
  };
}

/** What a dashboard can tell the robot: `POST /api/robot/{name}`. */
export const robotOrders: Readonly<Record<string, Order>> = {
  hear: order(
    commandPayloads.hear.pick({ text: true }),
    (gateway, body) => gateway.hear(body.text),
    "instruction-too-long",
  ),
  say: order(commandPayloads.say.pick({ text: true }), (gateway, body) => gateway.say(body.text)),
  goto: order(commandPayloads.goto.pick({ place: true }), (gateway, body) =>
    gateway.goto(body.place),
  ),
  // A stop is not refused for what stands in its body.
  stop: (gateway) => gateway.stop(),
  estop: (gateway) => gateway.estop(),
  reset: order(commandPayloads.reset.pick({ generation: true }), (gateway, body) =>
    gateway.reset(body.generation),
  ),
};
