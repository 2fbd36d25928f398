import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createHttpApp } from "./http-app.ts";
import { HttpServer } from "./http-server.ts";
import { loopbackHosts } from "./request-guard.ts";
import type { GatewayAnswer, RobotGateway } from "./robot-gateway.ts";
import { createSessions } from "./sessions.ts";
import { createStaticFiles } from "./static-files.ts";

const ok: GatewayAnswer = { ok: true, code: null, sentence: "", taskId: null, speedMps: null };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function setUp() {
  let port = 0;
  let answer: GatewayAnswer = ok;
  const driven: [number, number][] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const time = createSystemTime();
  const tell = async () => ok;
  const gateway: RobotGateway = {
    snapshot: () => ({
      node: "timmy",
      status: "online",
      info: null,
      map: null,
      state: {},
      path: null,
      events: [],
    }),
    onChange: () => () => {},
    hear: tell,
    hearTask: tell,
    goto: tell,
    say: tell,
    stop: tell,
    estop: tell,
    reset: tell,
    drive(linear, angular) {
      driven.push([linear, angular]);
      for (const { count, resolve } of waiting) if (driven.length >= count) resolve();
      return answer;
    },
    counts: () => ({ bad: 0, pending: 0, leases: 0 }),
    close() {},
  };
  const sessions = createSessions(() => "token");
  sessions.create();
  const hosts = () => loopbackHosts(port);
  const logger = createMemoryLogger();
  const http = createHttpApp({
    gateway,
    sessions,
    files: createStaticFiles("/nowhere"),
    time,
    logger,
    agent: null,
    treasury: null,
    brokerConnected: () => true,
    hosts,
    companion: { node: "companion", version: "1", mind: "rules" },
  });
  const ports = { http, gateway, sessions, hosts, time, logger };
  const server = new HttpServer(ports);
  port = await server.start(0, "127.0.0.1");
  stops.push(() => server.stop());
  const headers = { origin: `http://127.0.0.1:${port}`, cookie: "timmy_session=token" };
  const connect = (path = "/api/robot/joystick", more: Record<string, string> = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { ...headers, ...more } });
  const opened = (ws: WebSocket) =>
    new Promise<WebSocket>((resolve, reject) =>
      ws.once("open", () => resolve(ws)).once("error", reject),
    );
  const closed = (ws: WebSocket) => new Promise<number>((resolve) => ws.once("close", resolve));
  const drives = (count: number) =>
    new Promise<void>((resolve) => {
      if (driven.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return {
    another: () => new HttpServer(ports),
    port,
    server,
    http,
    driven,
    connect,
    opened,
    closed,
    drives,
    headers,
    answerWith: (next: GatewayAnswer) => (answer = next),
  };
}

const stick = (linear_mps: number) => JSON.stringify({ linear_mps, angular_radps: 0 });

describe("the HTTP server", () => {
  it("serves the app on a port of its own, to the very end of a stream", async () => {
    const { port, server, headers } = await setUp();
    const health = await fetch(`http://127.0.0.1:${port}/api/health`);
    expect(health.status).toBe(200);
    const events = await fetch(`http://127.0.0.1:${port}/api/events`, { headers });
    const reader = events.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain("event: snapshot");
    const end = reader?.read().catch(() => ({ done: true }));
    await server.stop();
    await server.stop();
    expect(await end).toMatchObject({ done: true });
  });

  it("says port-taken when the port is in use", async () => {
    const { port, another } = await setUp();
    await expect(another().start(port, "127.0.0.1")).rejects.toMatchObject({ code: "port-taken" });
  });
});

describe("the joystick's socket", () => {
  it("drives, and sends a zero when it is closed", async () => {
    const { connect, opened, driven, drives } = await setUp();
    const ws = await opened(connect());
    ws.send(stick(0.2));
    await drives(1);
    ws.terminate();
    await drives(2);
    expect(driven).toEqual([
      [0.2, 0],
      [0, 0],
    ]);
  });

  it("sends a zero when it falls silent", async () => {
    const { connect, opened, driven, drives } = await setUp();
    const ws = await opened(connect());
    ws.send(stick(0.2));
    await drives(2);
    expect(driven).toEqual([
      [0.2, 0],
      [0, 0],
    ]);
    expect(ws.readyState).toBe(ws.OPEN);
  });

  it.each([
    ["another site", "/api/robot/joystick", { origin: "http://evil.example" }, "403"],
    ["no session", "/api/robot/joystick", { cookie: "" }, "401"],
    ["another host name", "/api/robot/joystick", { host: "evil.example" }, "403"],
    ["another address", "/api/robot/other", {}, "404"],
  ])("refuses the upgrade to %s", async (_, path, headers, status) => {
    const { connect, opened, http } = await setUp();
    await expect(opened(connect(path, headers))).rejects.toThrow(status);
    expect(Object.values(http.refusals())).toEqual([1]);
  });

  it("is held by one hand, the newest, and the older one lets go first", async () => {
    const { connect, opened, closed, driven, drives } = await setUp();
    const first = await opened(connect());
    first.send(stick(0.2));
    await drives(1);
    const cut = closed(first);
    const second = await opened(connect());
    await drives(2);
    second.send(stick(0.3));
    await drives(3);
    expect(await cut).toBe(4000);
    expect(driven).toEqual([
      [0.2, 0],
      [0, 0],
      [0.3, 0],
    ]);
  });

  it("says once why the robot does not drive", async () => {
    const { connect, opened, answerWith } = await setUp();
    answerWith({ ok: false, code: "robot-away", sentence: "Away.", taskId: null, speedMps: null });
    const ws = await opened(connect());
    const said = new Promise<string>((resolve) =>
      ws.once("message", (data) => resolve(String(data))),
    );
    ws.send(stick(0.2));
    expect(JSON.parse(await said)).toMatchObject({ code: "robot-away", detail: "Away." });
  });

  it.each([
    ["a message over the limit", [stick(0.1).padEnd(1000, " ")], 1009],
    ["twenty senseless messages", Array.from({ length: 20 }, () => "?"), 1008],
  ])("is closed after %s", async (_, messages, code) => {
    const { connect, opened, closed } = await setUp();
    const ws = await opened(connect());
    const cut = closed(ws);
    for (const message of messages) ws.send(message);
    expect(await cut).toBe(code);
  });
});
