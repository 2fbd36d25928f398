import { randomBytes } from "node:crypto";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { getRequestListener } from "@hono/node-server";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { maxTreasuryHeaderBytes, newsPeriodMs } from "./limits.ts";
import { createLog } from "./log.ts";
import { createMoneyApp } from "./money/money-app.ts";
import { moneyFiles } from "./money/money-files.ts";
import { openMoneyHost } from "./money/money-host.ts";
import { createNews } from "./money/news.ts";
import { startTelling } from "./money/telling.ts";
import { runProcess } from "./process-frame.ts";

function readOptions() {
  const { values } = parseArgs({
    options: {
      socket: { type: "string" },
      data: { type: "string", default: ".timmy" },
      lightning: { type: "string", default: "auto" },
      "key-file": { type: "string" },
    },
  });
  const { socket, lightning } = values;
  if (socket === undefined) throw new TimmyError("usage", "--socket is missing.");
  if (lightning !== "auto" && lightning !== "mock" && lightning !== "lnd") {
    throw new TimmyError("usage", `--lightning ${lightning}: auto, mock or lnd.`);
  }
  return { socket, lightning, data: values.data, keyFile: values["key-file"] } as const;
}

/** The process that holds books, node and policy; nobody else has the macaroons. */
await runProcess(async () => {
  const { socket, lightning, data, keyFile } = readOptions();
  const logger = createLog({ name: "treasury" });
  const time = createSystemTime();
  const random = createRandom(randomBytes(4).readUInt32LE());
  const makeId = createIds(time.clock, random.stream("ids"));
  const files = moneyFiles(data);
  const host = await openMoneyHost(
    { files, time, makeId, random, logger },
    { lightning, keyFile, credentialsFolder: process.env["CREDENTIALS_DIRECTORY"] },
  );
  const news = createNews();
  const endTelling = startTelling({ host, news, timers: time.timers, periodMs: newsPeriodMs });
  const app = createMoneyApp({ host, news, clock: time.clock, logger });
  const answer = getRequestListener(app.fetch);
  const server = createServer({ maxHeaderSize: maxTreasuryHeaderBytes }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  writeFileSync(files.address, socket, { mode: 0o600 });
  return {
    ready: { backend: host.money().backend.kind },
    async stop() {
      endTelling();
      news.close();
      server.close();
      server.closeAllConnections();
      rmSync(files.address, { force: true });
      await host.stop();
    },
  };
});
