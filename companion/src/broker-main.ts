import { parseArgs } from "node:util";
import { createBroker } from "./broker.ts";
import { createLog } from "./log.ts";
import { parsePort, runProcess } from "./process-frame.ts";

/** The embedded broker as a process of its own: `--port 1883 --host 127.0.0.1`. */
await runProcess(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "1883" },
      host: { type: "string", default: "127.0.0.1" },
    },
  });
  const logger = createLog({ name: "broker" });
  const broker = createBroker({ port: parsePort(values.port), host: values.host, logger });
  const port = await broker.start();
  return { ready: { port, host: values.host }, stop: () => broker.stop() };
});
