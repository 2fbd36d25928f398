import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { connectAsync } from "mqtt";
import { describe, expect, it } from "vitest";
import { createBroker } from "./broker.ts";
import { describeBroker } from "./broker-suite.ts";
import { maxBrokerClients } from "./limits.ts";
import { createMosquitto, mosquittoPath } from "./mosquitto.ts";
import type { BrokerUser } from "./mosquitto-config.ts";

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
} else if (process.env["TIMMY_REQUIRE"] === "all") {
  it("runs on Mosquitto", () => {
    throw new Error(`${mosquittoPath} is not installed: apt-get install mosquitto`);
  });
} else {
  it.skip(`Mosquitto as a broker: ${mosquittoPath} is missing (apt-get install mosquitto)`, () => {});
}
