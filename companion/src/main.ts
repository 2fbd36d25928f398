import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openAgentStore } from "@timmy/memory/agent-store";
import { openOwnerKey, readSecrets } from "@timmy/memory/living/owner-key";
import { createOwnerSeal } from "@timmy/memory/living/owner-seal";
import { createFileSpool } from "@timmy/memory/living/spool";
import { freePath } from "@timmy/memory/state/import-state";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { nodePattern } from "@timmy/shared/mqtt/topics";
import type { Logger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime, type Time } from "@timmy/shared/ports/time";
import manifest from "../package.json" with { type: "json" };
import { createAgentSide } from "./agent/agent-side.ts";
import { openMeanings } from "./agent/meanings.ts";
import { type Companion, createCompanion, lastWill } from "./companion.ts";
import { createHttpApp } from "./http-app.ts";
import { HttpServer } from "./http-server.ts";
import { createLog } from "./log.ts";
import { createQuoteCall } from "./mcp/quote-call.ts";
import { createModelHost, type ModelHost } from "./mind/model-host.ts";
import { readOllamaAddress } from "./mind/ollama-address.ts";
import { createOllamaEmbedder, defaultEmbedModel } from "./mind/ollama-embedder.ts";
import { createOllamaServer } from "./mind/ollama-server.ts";
import { startAuctionWorker } from "./money/auction-worker.ts";
import { createTreasuryClient } from "./money/treasury-client.ts";
import { startTreasuryReporter } from "./money/treasury-reporter.ts";
import { connectMqttBus } from "./mqtt-bus.ts";
import { parsePort, runProcess } from "./process-frame.ts";
import { loopbackHosts } from "./request-guard.ts";
import { createRobotGateway } from "./robot-gateway.ts";
import { robotSeen } from "./robot-seen.ts";
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
      // Where the agent is kept that lives in the companion itself, and what all bodies of one owner share.
      data: { type: "string", default: ".timmy/companion" },
      "owner-key": { type: "string" },
      // An agent is born here when none is: for a companion without a robot.
      born: { type: "boolean", default: false },
      // A model of the local Ollama, or none.
      model: { type: "string", default: "qwen3.5:4b" },
      // Another one, small, that finds memories by their meaning, or none.
      "embed-model": {
        type: "string",
        default: process.env["TIMMY_EMBED_MODEL"] || defaultEmbedModel,
      },
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

const isWanted = (model: string) => model !== "none" && model !== "";
/** Where the local Ollama is: OLLAMA_HOST says it. Throws `usage`. */
function ollamaUrl(): string {
  const address = readOllamaAddress(process.env["OLLAMA_HOST"] ?? "");
  if (!address.ok) throw new TimmyError("usage", address.sentence);
  return address.url;
}
/** The local model; null when none is wanted. */
function openModel(model: string, time: Time, logger: Logger): ModelHost | null {
  if (!isWanted(model)) return null;
  return createModelHost({ server: createOllamaServer(ollamaUrl(), model), time, logger });
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
    hearSealed: (to, text, lease) => agentSide.hearSealed(to, text, lease),
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
  mkdirSync(options.data, { recursive: true });
  const keyPath = options["owner-key"] ?? join(options.data, "owner.key");
  const storePath = join(options.data, "memory.sqlite");
  const ownerKey = openOwnerKey(keyPath, randomBytes);
  const meanings =
    isWanted(options.model) && isWanted(options["embed-model"])
      ? openMeanings(`${storePath}.vectors`, {
          embedder: createOllamaEmbedder(ollamaUrl(), options["embed-model"], time),
          ...{ timers, logger },
        })
      : null;
  const { nearest, prepareSearch } = meanings ?? {};
  const store = openAgentStore(
    storePath,
    { clock: time.clock, makeId, randomBytes, ...(nearest === undefined ? {} : { nearest }) },
    { node, vacant: !options.born },
  );
  const agentSide = createAgentSide({
    ...{ bus, node, gateway, store, time, makeId, encoder, logger, ownerKey, randomBytes },
    ...{ version: manifest.version, robotNode: options.robot },
    host: openModel(options.model, time, logger),
    makeSpool: () => createFileSpool(join(options.data, "arriving.part"), randomBytes),
    keepAt: (id) => freePath(`${storePath}.${id.slice(0, 12)}`),
    secrets: readSecrets(keyPath, `${storePath}.key`),
    ...(prepareSearch === undefined ? {} : { prepareSearch }),
    calls: treasury === null ? {} : { "market.quote": createQuoteCall(treasury) },
    onChange: () => companion?.introduceAgain(),
  });
  let companion: Companion | null = null;
  let port = options.port;
  const hosts = () => loopbackHosts(port);
  const http = createHttpApp({
    // The page's stop is for whatever the agent acts in, not for the robot of this house alone.
    gateway: {
      ...gateway,
      stop: () => agentSide.halt("stop"),
      estop: () => agentSide.halt("estop"),
    },
    sessions,
    files: createStaticFiles(options.web),
    time,
    logger,
    treasury,
    agent: agentSide.app,
    brokerConnected: () => bus.connected(),
    hosts,
    companion: { node, version: manifest.version, mind: "rules" },
  });
  const server = new HttpServer({ http, gateway, sessions, hosts, time, logger });
  port = await server.start(options.port, "127.0.0.1");
  const ui = `http://127.0.0.1:${port}/`;
  const { mind } = agentSide;
  const seal = createOwnerSeal(ownerKey, randomBytes);
  companion = createCompanion(
    { bus, node, mind, clock: time.clock, encoder, logger, seal },
    { version: manifest.version, mindName: options.model, agent: () => store.agent(), ui },
  );
  companion.start();
  agentSide.start();
  meanings?.follow(store);
  await robotSeen(gateway, timers);
  return {
    ready: { port, ui },
    async stop() {
      await server.stop();
      endReports();
      endWork();
      treasury?.stop();
      meanings?.stop();
      await agentSide.stop();
      gateway.close();
      companion?.stop();
      await bus.stop();
    },
  };
});
