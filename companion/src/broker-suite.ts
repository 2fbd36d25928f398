import { createServer } from "node:net";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import type { BrokerHost } from "./broker-host.ts";
import { lastWill } from "./companion.ts";
import { maxPacketBytes } from "./limits.ts";
import { connectMqttBus } from "./mqtt-bus.ts";

export interface BrokerUnderTest {
  /** A broker on this port (0: any) with a user that may do everything. */
  make(port: number): BrokerHost;
  readonly user?: { readonly username: string; readonly password: string };
}

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly packet: IPublishPacket;
}

/** Messages of a client, to be awaited in their order. */
function inbox(client: MqttClient) {
  const heard: Heard[] = [];
  const waiting: ((message: Heard) => void)[] = [];
  client.on("message", (topic, payload, packet) => {
    const message = { topic, text: payload.toString(), packet };
    const next = waiting.shift();
    if (next === undefined) heard.push(message);
    else next(message);
  });
  return {
    heard,
    next: () =>
      new Promise<Heard>((resolve) => {
        const message = heard.shift();
        if (message === undefined) waiting.push(resolve);
        else resolve(message);
      }),
  };
}

/** What every broker of ours does; the same cases for each. */
export function describeBroker(name: string, { make, user }: BrokerUnderTest): void {
  describe(`${name} as a broker`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });
    async function start(port = 0) {
      const broker = make(port);
      ends.push(() => broker.stop());
      return { broker, port: await broker.start() };
    }
    async function connect(port: number, protocolVersion: 4 | 5, more: IClientOptions = {}) {
      const options = { protocolVersion, clean: true, reconnectPeriod: 0, ...user, ...more };
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, options);
      client.on("error", () => {});
      ends.push(() => client.endAsync(true));
      return client;
    }
    const pairs = [
      [4, 4],
      [4, 5],
      [5, 4],
      [5, 5],
    ] as const;

    it.each(pairs)("brings a QoS 1 message from version %i to version %i", async (from, to) => {
      const { port } = await start();
      const listener = await connect(port, to);
      const { next } = inbox(listener);
      await listener.subscribeAsync("timmy/v1/timmy/state/+", { qos: 1 });
      const speaker = await connect(port, from);
      await speaker.publishAsync("timmy/v1/timmy/state/power", "{}", { qos: 1 });
      const { topic, text, packet } = await next();
      expect([topic, text, packet.qos, packet.retain]).toEqual([
        "timmy/v1/timmy/state/power",
        "{}",
        1,
        false,
      ]);
    });

    it("gives a retained message to who comes later, the newest, until it is emptied", async () => {
      const { port } = await start();
      const speaker = await connect(port, 5);
      const retained = { qos: 1, retain: true } as const;
      await speaker.publishAsync("timmy/v1/timmy/status", "lost", retained);
      await speaker.publishAsync("timmy/v1/timmy/status", "online", retained);
      await speaker.publishAsync("timmy/v1/timmy/info", "{}", retained);
      await speaker.publishAsync("timmy/v1/timmy/info", "", retained);
      const late = await connect(port, 4);
      const { next, heard } = inbox(late);
      await late.subscribeAsync("timmy/v1/timmy/#", { qos: 1 });
      await speaker.publishAsync("timmy/v1/timmy/event/stop", "end", { qos: 1 });
      const first = await next();
      expect([first.topic, first.text, first.packet.retain]).toEqual([
        "timmy/v1/timmy/status",
        "online",
        true,
      ]);
      expect((await next()).text).toBe("end");
      expect(heard).toEqual([]);
    });

    it.each([4, 5] as const)(
      "says the last will of a version %i client whose socket is killed",
      async (version) => {
        const { port } = await start();
        const will = lastWill("robot");
        const dying = await connect(port, version, {
          will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
        });
        const listener = await connect(port, 5);
        const { next } = inbox(listener);
        await listener.subscribeAsync(will.topic, { qos: 1 });
        dying.stream.destroy();
        expect(await next()).toMatchObject({ topic: will.topic, text: "lost" });
        const late = await connect(port, 4);
        const lateBox = inbox(late);
        await late.subscribeAsync(will.topic, { qos: 1 });
        expect((await lateBox.next()).text).toBe("lost");
      },
    );

    it("keeps the last will of a client that leaves in order to itself", async () => {
      const { port } = await start();
      const will = lastWill("robot");
      const leaving = await connect(port, 5, {
        will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
      });
      const listener = await connect(port, 5);
      const { next } = inbox(listener);
      await listener.subscribeAsync("timmy/v1/#", { qos: 1 });
      await leaving.endAsync();
      await listener.publishAsync("timmy/v1/robot/event/stop", "after", { qos: 1 });
      expect((await next()).text).toBe("after");
    });

    it("passes a version 5 response topic on", async () => {
      const { port } = await start();
      const robot = await connect(port, 5);
      const { next } = inbox(robot);
      await robot.subscribeAsync("timmy/v1/timmy/cmd/+", { qos: 1 });
      const asker = await connect(port, 5);
      const properties = {
        responseTopic: "timmy/v1/companion/reply/1",
        correlationData: Buffer.from("1"),
      };
      await asker.publishAsync("timmy/v1/timmy/cmd/say", "{}", { qos: 1, properties });
      expect((await next()).packet.properties?.responseTopic).toBe("timmy/v1/companion/reply/1");
    });

    it.each([4, 5] as const)(
      "cuts a version %i client off that sends too much, and lives on",
      async (version) => {
        const { port } = await start();
        const loud = await connect(port, version);
        // A client that knows the limit from version 5 may refuse to send it at all.
        const refused = new Promise<void>((resolve) => {
          loud.once("close", () => resolve()).once("error", () => resolve());
        });
        loud.publish("timmy/v1/timmy/map", "x".repeat(maxPacketBytes + 1), { qos: 0 });
        await refused;
        const other = await connect(port, 5);
        const { next } = inbox(other);
        await other.subscribeAsync("timmy/v1/#", { qos: 1 });
        await other.publishAsync("timmy/v1/timmy/map", "x".repeat(65_536), { qos: 1 });
        expect((await next()).text).toHaveLength(65_536);
      },
    );

    it("says port-taken when the port is in use", async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      await expect(make(port).start()).rejects.toMatchObject({ code: "port-taken" });
      await new Promise((resolve) => server.close(resolve));
    });

    it("carries a bus over its own restart: subscriptions, and messages that waited", async () => {
      const { broker, port } = await start();
      const logger = createMemoryLogger();
      const url = `mqtt://127.0.0.1:${port}`;
      const will = lastWill("companion");
      const speaker = connectMqttBus({ url, clientId: "speaker", logger, will, ...user });
      const listener = connectMqttBus({ url, clientId: "listener", logger, ...user });
      ends.push(
        () => speaker.stop(),
        () => listener.stop(),
      );
      const heard: string[] = [];
      const waiting: { count: number; resolve: () => void }[] = [];
      const messages = (count: number) =>
        new Promise<void>((resolve) => {
          if (heard.length >= count) resolve();
          else waiting.push({ count, resolve });
        });
      // Subscribed before there is a connection, which is how every part starts.
      listener.subscribe("timmy/v1/+/event/stop", ({ payload }) => {
        heard.push(new TextDecoder().decode(payload));
        for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
      });
      const change = (bus: typeof speaker, want: boolean) =>
        new Promise<void>((resolve) => {
          if (bus.connected() === want) return resolve();
          const end = bus.onConnection((connected) => {
            if (connected !== want) return;
            end();
            resolve();
          });
        });
      await Promise.all([change(speaker, true), change(listener, true)]);
      speaker.publish("timmy/v1/timmy/event/stop", "before", { qos: 1 });
      await messages(1);
      await broker.stop();
      await Promise.all([change(speaker, false), change(listener, false)]);
      speaker.publish("timmy/v1/timmy/event/stop", "dropped", { qos: 0 });
      const again = make(port);
      ends.push(() => again.stop());
      await again.start();
      await change(listener, true);
      await change(speaker, true);
      speaker.publish("timmy/v1/timmy/event/stop", "after", { qos: 1 });
      await messages(2);
      expect(heard).toEqual(["before", "after"]);
    });
  });
}
