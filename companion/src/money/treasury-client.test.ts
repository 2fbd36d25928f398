import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { createTreasuryClient } from "./treasury-client.ts";

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A treasury that answers everything with what it was asked, and tells one view as news. */
async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), "timmy-treasury-"));
  closers.push(() => rm(folder, { recursive: true }));
  const socketPath = join(folder, "t.sock");
  const time = createVirtualTime();
  let server: Server | null = null;
  let breaksOff = false;
  const serve = async () => {
    server = createServer((request, response) => {
      if (request.url === "/news") {
        response.write('{"type":"view","data":{"kill_switch":false}}\n');
        if (breaksOff) response.end('{"type":"vi');
        return;
      }
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        response.writeHead(request.url === "/api/treasury/sale" ? 503 : 200, {
          "content-type": "application/json",
          "retry-after": "5",
          "set-cookie": "not=passed",
        });
        response.end(JSON.stringify({ url: request.url, method: request.method, body }));
      });
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(socketPath, resolve));
  };
  const leave = async () => {
    const leaving = server;
    server = null;
    if (leaving === null) return;
    await new Promise((resolve) => {
      leaving.close(resolve);
      leaving.closeAllConnections();
    });
  };
  closers.push(leave);
  const logger = createMemoryLogger();
  const client = createTreasuryClient({ socketPath, timers: time.timers, logger });
  closers.push(() => client.stop());
  const news = () =>
    new Promise<string>((resolve) => {
      const end = client.onNews(({ type }) => {
        end();
        resolve(type);
      });
    });
  const breakOff = () => {
    breaksOff = true;
  };
  return { serve, leave, client, news, time, breakOff };
}

describe("the client of the treasury", () => {
  it("passes a request and its answer through, with the headers that matter", async () => {
    const { serve, client } = await setUp();
    await serve();
    const answer = await client.forward("POST", "/api/treasury/sale?x=1", '{"a":1}');
    expect(await answer?.json()).toEqual({
      url: "/api/treasury/sale?x=1",
      method: "POST",
      body: '{"a":1}',
    });
    const away = await client.forward("POST", "/api/treasury/sale", "{}");
    expect(away?.status).toBe(503);
    expect(away?.headers.get("retry-after")).toBe("5");
    expect(away?.headers.get("set-cookie")).toBeNull();
  });
  it("answers nothing while nobody listens", async () => {
    const { client } = await setUp();
    expect(await client.forward("GET", "/api/treasury", "")).toBeNull();
  });
  it("says when the treasury goes away, and finds it again by itself", async () => {
    const { serve, leave, client, news, time } = await setUp();
    await serve();
    const first = news();
    client.start();
    expect(await first).toBe("view");
    expect(client.view()).toEqual({ kill_switch: false });
    const gone = news();
    await leave();
    expect(await gone).toBe("away");
    expect(client.view()).toBeNull();
    await serve();
    const back = news();
    time.advanceTo(1000);
    expect(await back).toBe("view");
  });
  it("outlives a treasury that ends in the middle of a line", async () => {
    const { serve, client, breakOff } = await setUp();
    breakOff();
    await serve();
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      client.onNews(({ type }) => {
        told.push(type);
        if (type === "away") resolve();
      });
      client.start();
    });
    expect(told).toEqual(["view", "away"]);
  });
});
