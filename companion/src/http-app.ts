import { type ErrorCode, toProblem } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type AgentAppPorts, serveAgent } from "./agent/agent-app.ts";
import { createEventStreams } from "./event-stream.ts";
import { maxBodyBytes, maxMemoryBytes, retryAfterS } from "./limits.ts";
import type { TreasuryClient } from "./money/treasury-client.ts";
import { judgeRequest, securityHeaders } from "./request-guard.ts";
import type { GatewayAnswer, RobotGateway } from "./robot-gateway.ts";
import { robotOrders } from "./robot-orders.ts";
import { cookieOf, type Sessions } from "./sessions.ts";
import type { StaticFiles } from "./static-files.ts";

export interface HttpAppPorts {
  readonly gateway: RobotGateway;
  readonly sessions: Sessions;
  readonly files: StaticFiles;
  readonly time: Time;
  readonly logger: Logger;
  /** The process that holds the money; null in a house without one. */
  readonly treasury: Pick<TreasuryClient, "forward" | "view" | "onNews"> | null;
  /** The agent, wherever it lives; null where nobody asks after it. */
  readonly agent: AgentAppPorts | null;
  readonly brokerConnected: () => boolean;
  /** The exact Host headers that are served, asked anew each time: the port may come late. */
  readonly hosts: () => readonly string[];
  readonly companion: { readonly node: string; readonly version: string; readonly mind: string };
}

export interface HttpApp {
  readonly app: Hono;
  /** Requests that were refused, by code. */
  refusals(): Readonly<Record<string, number>>;
  countRefusal(code: ErrorCode): void;
  /** Ends the event streams. */
  close(): void;
}

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Timmy</title>
<h1>The dashboard is not built</h1>
<p>Build it, then reload this page:</p>
<pre>npx vite build companion/web --config companion/web/vite.config.ts</pre>
`;

function problem(code: ErrorCode, detail = "", more: Record<string, unknown> = {}): Response {
  const body = { ...toProblem(code, detail), ...more };
  const headers = new Headers({
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  });
  if (body.status === 503) headers.set("retry-after", String(retryAfterS));
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

function answerResponse(answer: GatewayAnswer): Response {
  const { ok, code, sentence, taskId, speedMps } = answer;
  const fields = { ok, sentence, task_id: taskId, speed_mps: speedMps };
  if (!ok) return problem(code, sentence, fields);
  return Response.json({ ...fields, code }, { headers: { "cache-control": "no-store" } });
}

/** The companion's HTTP side, without a socket: `app.request` and `app.fetch` are all there is. */
export function createHttpApp(ports: HttpAppPorts): HttpApp {
  const { gateway, sessions, files, time, logger, hosts, companion } = ports;
  const app = new Hono();
  const refusals: Record<string, number> = {};
  const streams = createEventStreams({ timers: time.timers, wallMs: time.clock.wallMs });
  const endChanges = gateway.onChange((change) => streams.send(change));
  const endNews = ports.treasury?.onNews((news) => {
    if (news.type === "payment") streams.send({ type: "payment", data: news.data });
    else streams.send({ type: "treasury", data: news.type === "view" ? news.data : null });
  });

  function countRefusal(code: ErrorCode): void {
    refusals[code] = (refusals[code] ?? 0) + 1;
  }
  function refuse(code: ErrorCode, detail = ""): Response {
    countRefusal(code);
    return problem(code, detail);
  }
  const snapshot = () => ({
    now_ms: Math.round(time.clock.wallMs()),
    companion,
    robot: gateway.snapshot(),
    treasury: ports.treasury?.view() ?? null,
    agent: ports.agent?.directory.view() ?? null,
    mind: ports.agent?.mind() ?? null,
  });
  let effects = 0;
  const endAgent = ports.agent?.directory.onChange((where) => {
    streams.send({ type: "agent", data: where });
    const newest = where.agent?.effects ?? effects;
    if (newest !== effects) streams.send({ type: "decision", data: {} });
    effects = newest;
  });
  const endMind = ports.agent?.onMind((mind) => streams.send({ type: "mind", data: mind }));

  app.use(async (c, next) => {
    const host = c.req.header("host");
    const code = judgeRequest(
      {
        method: c.req.method,
        path: c.req.path,
        host,
        origin: c.req.header("origin"),
        cookie: c.req.header("cookie"),
        upgrade: false,
      },
      hosts(),
      sessions,
    );
    if (code === null) await next();
    else c.res = refuse(code);
    // A host that was refused is not repeated in a policy.
    const named = code === null && host !== undefined ? host : "127.0.0.1";
    for (const [name, value] of Object.entries(securityHeaders(named)))
      c.res.headers.set(name, value);
  });
  app.onError((error) => {
    logger.error("a request failed", { error: String(error) });
    return refuse("internal");
  });
  app.notFound((c) => refuse("not-found", `${c.req.method} ${c.req.path.slice(0, 100)}`));

  app.get("/api/health", (c) =>
    c.json({
      ok: true,
      version: companion.version,
      broker: ports.brokerConnected() ? "connected" : "away",
      robot: gateway.snapshot().status,
    }),
  );
  app.get("/api/snapshot", (c) => c.json(snapshot(), 200, { "cache-control": "no-store" }));
  app.get("/api/events", (c) => {
    // A HEAD request has no body to read, so it must not hold a place.
    if (c.req.method === "HEAD") return refuse("not-found", "HEAD /api/events");
    const body = streams.open({ type: "snapshot", data: snapshot() });
    if (body === null) return refuse("rate-limited", "Too many dashboards are open.");
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(body, { headers });
  });

  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: () => refuse("too-large") });
  for (const [path, order] of Object.entries(robotOrders)) {
    app.post(`/api/robot/${path}`, limit, async (c) => {
      const body = await readJson(c);
      if (!body.ok) return refuse(body.code, body.detail);
      const answer = await order(gateway, body.value);
      if (!answer.ok) countRefusal(answer.code);
      return answerResponse(answer);
    });
  }
  if (ports.agent !== null) {
    const large = bodyLimit({ maxSize: maxMemoryBytes, onError: () => refuse("too-large") });
    const answer = (given: GatewayAnswer) => {
      if (!given.ok) countRefusal(given.code);
      return answerResponse(given);
    };
    serveAgent(app, ports.agent, { limit: large, refuse, answer, readJson });
  }
  serveTreasury(app, ports.treasury, limit, refuse);
  serveFiles(app, files, sessions, refuse);
  return {
    app,
    refusals: () => ({ ...refusals }),
    countRefusal,
    close() {
      endChanges();
      endNews?.();
      endAgent?.();
      endMind?.();
      streams.close();
    },
  };
}

type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

function isJson(c: Context): boolean {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  return type === "application/json";
}

/** A JSON body; a form, which any page may send across origins, is none. */
async function readJson(c: Context): Promise<Body> {
  if (!isJson(c)) {
    return { ok: false, code: "bad-json", detail: "The content type is not application/json." };
  }
  try {
    return { ok: true, value: JSON.parse(await c.req.text()) };
  } catch {
    return { ok: false, code: "bad-json", detail: "The body is not JSON." };
  }
}

/** What is about money is answered by the treasury's process; the guard above stands before it. */
function serveTreasury(
  app: Hono,
  treasury: HttpAppPorts["treasury"],
  limit: MiddlewareHandler,
  refuse: (code: ErrorCode, detail?: string) => Response,
): void {
  for (const path of ["/api/treasury", "/api/lnd", "/api/market"]) {
    const pass = async (c: Context): Promise<Response> => {
      const { method, url } = c.req;
      if (method !== "GET" && method !== "POST") return refuse("not-found", `${method} ${path}`);
      if (method === "POST" && !isJson(c)) {
        return refuse("bad-json", "The content type is not application/json.");
      }
      const { pathname, search } = new URL(url);
      const body = method === "POST" ? await c.req.text() : "";
      return (await treasury?.forward(method, pathname + search, body)) ?? refuse("treasury-away");
    };
    app.all(path, limit, pass);
    app.all(`${path}/*`, limit, pass);
  }
}

function serveFiles(
  app: Hono,
  files: StaticFiles,
  sessions: Sessions,
  refuse: (code: ErrorCode, detail?: string) => Response,
): void {
  app.get("*", async (c) => {
    const { path } = c.req;
    if (path === "/api" || path.startsWith("/api/"))
      return refuse("not-found", `GET ${path.slice(0, 100)}`);
    const index = path === "/" || path === "/index.html";
    const file = await files.find(index ? "/index.html" : path);
    if (file === null && !index) return refuse("not-found", `GET ${path.slice(0, 100)}`);
    const headers = new Headers({
      "content-type": file?.contentType ?? "text/html; charset=utf-8",
      "cache-control": file?.cacheControl ?? "no-store",
    });
    if (index && !sessions.has(c.req.header("cookie"))) {
      headers.set("set-cookie", cookieOf(sessions.create()));
    }
    return new Response(file?.bytes ?? notBuilt, { headers });
  });
}
