import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { connect as connectSocket, createServer } from "node:net";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { createBroker } from "./broker.ts";
import type { BrokerHost } from "./broker-host.ts";
import { lastWill } from "./companion.ts";
import { maxBrokerClients, maxPacketBytes } from "./limits.ts";
import { createMosquitto, mosquittoPath } from "./mosquitto.ts";
import type { BrokerUser } from "./mosquitto-config.ts";
import { connectMqttBus } from "./mqtt-bus.ts";

interface BrokerUnderTest {
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
function describeBroker(name: string, { make, user }: BrokerUnderTest): void {
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
      // Retained: connected does not mean subscribed yet, and which comes first is not the matter.
      speaker.publish("timmy/v1/timmy/event/stop", "before", { qos: 1, retain: true });
      await messages(1);
      await broker.stop();
      await Promise.all([change(speaker, false), change(listener, false)]);
      speaker.publish("timmy/v1/timmy/event/stop", "dropped", { qos: 0 });
      const again = make(port);
      ends.push(() => again.stop());
      await again.start();
      await change(listener, true);
      await change(speaker, true);
      speaker.publish("timmy/v1/timmy/event/stop", "after", { qos: 1, retain: true });
      await messages(2);
      expect(heard).toEqual(["before", "after"]);
    });
  });
}

const logger = createMemoryLogger();
describeBroker("aedes", { make: (port) => createBroker({ port, logger }) });

describe("the embedded broker", () => {
  it("refuses to listen where others can reach it", async () => {
    const broker = createBroker({ port: 0, host: "0.0.0.0", logger });
    await expect(broker.start()).rejects.toMatchObject({ code: "usage" });
  });

  it("turns a client away when it is full, and survives garbage", async () => {
    const broker = createBroker({ port: 0, logger });
    const port = await broker.start();
    const open = () =>
      new Promise<ReturnType<typeof connectSocket>>((resolve) => {
        const socket = connectSocket(port, "127.0.0.1", () => resolve(socket));
        socket.on("error", () => {});
      });
    const closed = (socket: ReturnType<typeof connectSocket>) =>
      new Promise((resolve) => socket.resume().once("close", resolve));
    const garbage = await open();
    garbage.write(randomBytes(4096));
    const [first, ...sockets] = await Promise.all(
      Array.from({ length: maxBrokerClients - 1 }, open),
    );
    garbage.destroy();
    await closed(garbage);
    const rest = await Promise.all([open(), open(), open()]);
    await Promise.any(rest.map(closed));
    first?.destroy();
    for (const socket of [...sockets, ...rest]) socket.destroy();
    await broker.stop();
    await broker.stop();
  });
});

const users: readonly BrokerUser[] = [
  { name: "robot", password: "robot-secret", role: "robot", node: "timmy" },
  { name: "companion", password: "companion-secret", role: "companion", node: "companion" },
  { name: "panel", password: "panel-secret", role: "observer", node: "panel" },
];
// The suite speaks for every node, which no role of ours may.
const suiteUsers: readonly BrokerUser[] = ["timmy", "robot", "companion"].flatMap((node) =>
  (["robot", "companion"] as const).map((role) => ({
    name: "suite",
    password: "suite",
    role,
    node,
  })),
);
const time = createSystemTime();
const makeSalt = () => randomBytes(12);
const here = existsSync(mosquittoPath);

if (here) {
  const make = (port: number) =>
    createMosquitto({ port, users: suiteUsers, makeSalt, time, logger });
  describeBroker("Mosquitto", { make, user: { username: "suite", password: "suite" } });

  describe("Mosquitto's access list", () => {
    it("lets nobody in without a password, and nobody speak for another", async () => {
      const broker = createMosquitto({ port: 0, users, makeSalt, time, logger });
      const url = `mqtt://127.0.0.1:${await broker.start()}`;
      const base = { protocolVersion: 5, reconnectPeriod: 0 } as const;
      const login = (username: string, password = `${username}-secret`) =>
        connectAsync(url, { ...base, username, password });
      await expect(connectAsync(url, base)).rejects.toThrow();
      await expect(login("robot", "wrong")).rejects.toThrow();
      const [robot, companion, panel] = await Promise.all(
        ["robot", "companion", "panel"].map((n) => login(n)),
      );
      if (robot === undefined || companion === undefined || panel === undefined)
        throw new Error("no client");
      const heard: string[] = [];
      const done = Promise.withResolvers<void>();
      robot.on("message", (topic, payload) => {
        heard.push(`${topic} ${payload}`);
        if (String(payload) === "last") done.resolve();
      });
      await robot.subscribeAsync("timmy/v1/timmy/cmd/+", { qos: 1 });
      const speak = (client: typeof panel, text: string) =>
        client.publishAsync("timmy/v1/timmy/cmd/drive", text, { qos: 1 }).catch(() => {});
      await speak(panel, "from the panel");
      await speak(robot, "from itself");
      await speak(companion, "last");
      await done.promise;
      expect(heard).toEqual(["timmy/v1/timmy/cmd/drive last"]);
      await Promise.all([robot, companion, panel].map((client) => client.endAsync(true)));
      await broker.stop();
    });

    it("says why Mosquitto did not start", async () => {
      const broker = createMosquitto({
        port: 0,
        users,
        makeSalt,
        time,
        logger,
        command: "/bin/false",
      });
      await expect(broker.start()).rejects.toMatchObject({ code: "broker-away" });
    });
  });
} else {
  // Loud where it is missing, and a failure where everything is required.
  const required = process.env["TIMMY_REQUIRE"] === "all";
  it.skipIf(!required)(`Mosquitto is here (${mosquittoPath}; apt-get install mosquitto)`, () => {
    expect(here).toBe(true);
  });
}
