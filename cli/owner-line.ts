import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDirectory } from "@timmy/companion/agent/directory";
import { connectMqttBus } from "@timmy/companion/mqtt-bus";
import { createOwnerChannel } from "@timmy/memory/living/owner-channel";
import { openOwnerKey } from "@timmy/memory/living/owner-key";
import { createOwnerSeal } from "@timmy/memory/living/owner-seal";
import type { CallBody, CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { BodyView } from "@timmy/shared/agent/views";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import type { Logger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";

/** The owner's line to all of his bodies, for a command of his. */
export interface OwnerLine {
  readonly call: CallBody;
  bodies(): readonly BodyView[];
  /** What is known of a node; waits a moment for it to be heard of. */
  find(node: string): Promise<BodyView | null>;
  /** The node in which the agent lives now; waits a moment for it to be heard of. */
  living(): Promise<{ readonly node: string } | CallRefusal>;
  stop(): Promise<void>;
}

const connectMs = 5000;
const findMs = 3000;

/** Connects with the owner's key of a data folder. Throws `broker-away`, `owner-key-missing`. */
export async function connectOwner(options: {
  readonly broker: string;
  readonly data: string;
  readonly logger: Logger;
}): Promise<OwnerLine> {
  const { broker, data, logger } = options;
  const keyPath = join(data, "owner.key");
  if (!existsSync(keyPath)) throw new TimmyError("owner-key-missing", `It would be ${keyPath}.`);
  const time = createSystemTime();
  const makeId = createIds(time.clock, createRandom(randomBytes(4).readUInt32LE()));
  const node = `owner-${randomBytes(5).toString("hex")}`;
  const bus = connectMqttBus({ url: broker, clientId: `timmy-${node}`, logger });
  const channel = createOwnerChannel({
    ...{ bus, node, time, makeId, logger, encoder: createEncoder(time.clock) },
    seal: createOwnerSeal(openOwnerKey(keyPath, randomBytes), randomBytes),
  });
  const { call } = channel;
  const directory = createDirectory({ bus, call, timers: time.timers, logger, own: [] });
  channel.start();
  directory.start();
  /** Until `done` says so, looking at every change; answers whether it did in time. */
  function until(
    done: () => boolean,
    listen: (look: () => void) => () => void,
    timeoutMs: number,
  ): Promise<boolean> {
    if (done()) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = time.timers.after("the owner's line", timeoutMs, () => resolve(false));
    const end = listen(() => {
      if (done()) resolve(true);
    });
    return promise.finally(() => {
      timer.cancel();
      end();
    });
  }
  async function stop(): Promise<void> {
    directory.stop();
    channel.stop();
    await bus.stop();
  }
  if (!(await until(bus.connected, bus.onConnection, connectMs))) {
    await stop();
    throw new TimmyError("broker-away", `No broker answers at ${broker}.`);
  }
  return {
    call,
    bodies: () => directory.view().bodies,
    async find(node) {
      const look = () => directory.view().bodies.find((one) => one.node === node) ?? null;
      await until(() => look() !== null, directory.onChange, findMs);
      return look();
    },
    async living() {
      await until(() => directory.living().ok, directory.onChange, findMs);
      const where = directory.living();
      return where.ok ? { node: where.node } : where;
    },
    stop,
  };
}
