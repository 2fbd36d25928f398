import type { Logger } from "@timmy/shared/ports/logger";
import type { Clock } from "@timmy/shared/ports/time";
import { Hono } from "hono";
import { problemAnswer, thrownAnswer } from "./answers.ts";
import { createLndApp } from "./lnd-app.ts";
import { createMarketApp } from "./market-app.ts";
import type { MoneyHost } from "./money-host.ts";
import type { News } from "./news.ts";
import { createTreasuryApp } from "./treasury-app.ts";

/** Everything that the treasury's socket serves. */
export function createMoneyApp(ports: {
  readonly host: MoneyHost;
  readonly news: News;
  readonly clock: Clock;
  readonly logger: Logger;
}): Hono {
  const { host, news } = ports;
  const app = new Hono();
  app.onError((error) => {
    const known = thrownAnswer(error);
    if (known !== null) return known;
    // Only the name: what failed may have held a secret.
    ports.logger.error("a request about money failed", { error: error.name });
    return problemAnswer("internal");
  });
  app.notFound(() => problemAnswer("not-found"));
  app.get("/news", () => {
    const body = news.open({ type: "view", data: host.view() });
    return body === null ? problemAnswer("rate-limited") : new Response(body);
  });
  app.route("/api/treasury", createTreasuryApp(host));
  app.route("/api/lnd", createLndApp(host, ports.clock));
  app.route("/api/market", createMarketApp(host.money));
  return app;
}
