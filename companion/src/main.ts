import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { nodePattern } from "@timmy/shared/mqtt/topics";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime, type Time } from "@timmy/shared/ports/time";
import manifest from "../package.json" with { type: "json" };
import { createCompanion, lastWill } from "./companion.ts";
import { createHttpApp } from "./http-app.ts";
import { HttpServer } from "./http-server.ts";
import { createLog } from "./log.ts";
import { startAuctionWorker } from "./money/auction-worker.ts";
import { createTreasuryClient } from "./money/treasury-client.ts";
import { startTreasuryReporter } from "./money/treasury-reporter.ts";
import { connectMqttBus } from "./mqtt-bus.ts";
import { parsePort, runProcess } from "./process-frame.ts";
import { loopbackHosts } from "./request-guard.ts";
import { createRobotGateway, type RobotGateway } from "./robot-gateway.ts";
import { createSessions } from "./sessions.ts";
import { createStaticFiles } from "./static-files.ts";

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8420" },
      broker: { type: "string", default: "mqtt://127.0.0.1:1883" },
      node: { type: "string", default: "companion" },
      robot: { type: "string", default: "timmy" },
      // The socket of the treasury's process; without one there is no money here.
      treasury: { type: "string" },
      web: { type: "string", default: fileURLToPath(new URL("../web/dist", import.meta.url)) },
    },
  });
  for (const name of [values.node, values.robot]) {
    if (!nodePattern.test(name)) throw new TimmyError("usage", `${name} is no name of a node.`);
  }
  if (!/^mqtts?:\/\/[^/]+$/.test(values.broker)) {
    throw new TimmyError(
      "usage",
      `--broker ${values.broker} is no address such as mqtt://host:1883.`,
    );
  }
  return { ...values, port: parsePort(values.port) };
}

/** Milliseconds that being ready waits for the robot, so that the first word finds it there. */
const robotWaitMs = 3000;

/** Answers once the robot is known, or when it is not there in time: a companion works without. */
function robotSeen(gateway: RobotGateway, time: Time, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const known = () => {
      const { status, info } = gateway.snapshot();
      return status === "online" && info !== null;
    };
    const done = () => {
      timer.cancel();
      end();
      resolve();
    };
    const timer = time.timers.after("the robot", timeoutMs, done);
    const end = gateway.onChange(() => {
      if (known()) done();
    });
    if (known()) done();
  });
}

/** The companion as a process: builds the real ports and puts the parts together. */
await runProcess(async () => {
  const options = readOptions();
  const { node } = options;
  const logger = createLog({ name: node });
  const time = createSystemTime();
  const makeId = createIds(time.clock, createRandom(randomBytes(4).readUInt32LE()));
  const encoder = createEncoder(time.clock);
  const clientId = `timmy-${node}-${randomBytes(4).toString("hex")}`;
  const bus = connectMqttBus({ url: options.broker, clientId, will: lastWill(node), logger });
  const gateway = createRobotGateway({
    bus,
    robotNode: options.robot,
    who: "owner",
    time,
    makeId,
    encoder,
    logger,
  });
  const sessions = createSessions(() => randomBytes(32).toString("base64url"));
  const { timers } = time;
  const socketPath = options.treasury;
  const treasury =
    socketPath === undefined ? null : createTreasuryClient({ socketPath, timers, logger });
  const endReports =
    treasury === null ? () => {} : startTreasuryReporter({ treasury, bus, node, encoder, timers });
  const endWork =
    treasury === null ? () => {} : startAuctionWorker({ treasury, robot: gateway, timers, logger });
  treasury?.start();
  let port = options.port;
  const hosts = () => loopbackHosts(port);
  const http = createHttpApp({
    gateway,
    sessions,
    files: createStaticFiles(options.web),
    time,
    logger,
    treasury,
    brokerConnected: () => bus.connected(),
    hosts,
    companion: { node, version: manifest.version, mind: "rules" },
  });
  const server = new HttpServer({ http, gateway, sessions, hosts, time, logger });
  port = await server.start(options.port, "127.0.0.1");
  const ui = `http://127.0.0.1:${port}/`;
  const mind = createRulesMind(makeId);
  const companion = createCompanion(
    { bus, node, mind, clock: time.clock, encoder, logger },
    { version: manifest.version, mindName: "rules", ui },
  );
  companion.start();
  await robotSeen(gateway, time, robotWaitMs);
  return {
    ready: { port, ui },
    async stop() {
      await server.stop();
      endReports();
      endWork();
      treasury?.stop();
      gateway.close();
      companion.stop();
      await bus.stop();
    },
  };
});
