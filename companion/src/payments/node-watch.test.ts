import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createMockBackend } from "../lightning/mock.ts";
import { channelWaits, nodePollMs } from "./limits.ts";
import { createNodeWatch } from "./node-watch.ts";

async function watched() {
  const time = createVirtualTime();
  const mock = createMockBackend({ clock: time.clock, random: createRandom(1) });
  const node = { state: "active" as "active" | "away", connected: true };
  const backend = {
    ...mock,
    healthCheck: async () => ({ ...(await mock.healthCheck()), state: node.state }),
    channels: async () =>
      (await mock.channels()).map((channel) => ({ ...channel, active: node.connected })),
  };
  const watch = createNodeWatch({ backend, time, logger: createMemoryLogger() });
  const told: string[] = [];
  watch.onReady(() => told.push("ready"));
  const poll = async () => {
    time.advanceTo(time.clock.monotonicMs() + nodePollMs);
    await watch.check();
  };
  await watch.check();
  return { watch, node, told, poll };
}

describe("a node that came back", () => {
  it("is ready once its channels work again", async () => {
    const { watch, node, told, poll } = await watched();
    node.state = "away";
    await watch.check();
    expect(watch.state()).toBe("away");
    node.state = "active";
    node.connected = false;
    await poll();
    expect(watch.state()).toBe("away");
    node.connected = true;
    await poll();
    expect(watch.state()).toBe("ready");
    expect(told).toEqual(["ready"]);
  });
  it("is not waited for without end when a peer stays away", async () => {
    const { watch, node, poll } = await watched();
    node.state = "away";
    await watch.check();
    node.state = "active";
    node.connected = false;
    for (let k = 0; k < channelWaits; k++) await poll();
    expect(watch.state()).toBe("away");
    await poll();
    expect(watch.state()).toBe("ready");
  });
  it("stays ready when a channel becomes inactive while it is there", async () => {
    const { watch, node } = await watched();
    node.connected = false;
    await watch.check();
    expect(watch.state()).toBe("ready");
  });
});
