import { afterEach, describe, expect, it } from "vitest";
import { cookie, host, origin, removeFolders, setUpHttp as setUp } from "./testing/http-fixture.ts";

afterEach(removeFolders);

describe("the dashboard's files", () => {
  it("serves the index uncached with a session, and only a new one to who has none", async () => {
    const { http, get } = await setUp();
    const first = await http.app.request("/", { headers: { host } });
    expect(await first.text()).toBe("<h1>Timmy</h1>");
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(first.headers.get("set-cookie")).toBe(
      "timmy_session=token-1; Path=/; HttpOnly; SameSite=Strict",
    );
    expect((await get("/")).headers.get("set-cookie")).toBeNull();
  });

  it("serves hashed assets for ever and others with a question", async () => {
    const { get } = await setUp();
    const asset = await get("/assets/app-Ab12_-9z.js");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect((await get("/icon.svg")).headers.get("cache-control")).toBe("no-cache");
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/.hidden.json",
    "/link.txt",
    "/assets",
    "/assets/",
    "/secret.txt%00.js",
    "//etc/passwd",
    "/nothing.js",
  ])("gives nothing at %s", async (path) => {
    const { get } = await setUp();
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toBe("secret");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("says how to build the dashboard where it is not built", async () => {
    const { get } = await setUp({ built: false });
    const answer = await get("/");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("vite build companion/web");
  });

  it("puts the strict policy on every answer, refusals too", async () => {
    const { get, http } = await setUp();
    const answers = [
      await get("/"),
      await get("/api/nothing"),
      await http.app.request("/", { headers: { host: "evil" } }),
    ];
    for (const answer of answers) {
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).not.toContain("unsafe");
      expect(policy).not.toContain("evil");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    }
    expect(answers[0]?.headers.get("content-security-policy")).toContain(
      `connect-src 'self' ws://${host}`,
    );
  });
});

describe("who may ask", () => {
  it.each([
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:80",
    "localhost:8420.evil.example",
    "LOCALHOST:8420x",
    "",
  ])("refuses the host %j", async (name) => {
    const { http } = await setUp();
    const answer = await http.app.request("/api/health", { headers: { host: name } });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "bad-origin" });
    expect(http.refusals()).toEqual({ "bad-origin": 1 });
  });

  it.each(["127.0.0.1:8420", "localhost:8420", "[::1]:8420"])(
    "serves the host %s",
    async (name) => {
      const { http } = await setUp();
      expect((await http.app.request("/api/health", { headers: { host: name } })).status).toBe(200);
    },
  );

  it.each(["http://evil.example", "null", "https://127.0.0.1:8420", "http://127.0.0.1:80", ""])(
    "refuses a write from the origin %j",
    async (other) => {
      const { post, told } = await setUp();
      expect((await post("/api/robot/estop", "{}", { origin: other })).status).toBe(403);
      expect(told).toEqual([]);
    },
  );

  it("refuses a write without an origin, and a read that another site asks for", async () => {
    const { http, get } = await setUp();
    const headers = { host, cookie, "content-type": "application/json" };
    const answer = await http.app.request("/api/robot/stop", {
      method: "POST",
      body: "{}",
      headers,
    });
    expect(answer.status).toBe(403);
    expect((await get("/api/snapshot", { origin: "http://evil.example" })).status).toBe(403);
  });

  it.each(["/api/snapshot", "/api/events", "/api/nothing"])(
    "wants a session for %s",
    async (path) => {
      const { get } = await setUp();
      for (const other of ["", "timmy_session=", "timmy_session=token-9", "x=token-0"]) {
        const answer = await get(path, { cookie: other });
        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({
          code: "no-session",
          remedy: "Reload the dashboard.",
        });
      }
    },
  );

  it("says when to come back while the treasury is away", async () => {
    const { get } = await setUp();
    const answer = await get("/api/treasury");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "treasury-away" });
    expect(answer.headers.get("retry-after")).toBe("5");
  });

  it("answers the health without a session", async () => {
    const { get } = await setUp();
    const answer = await get("/api/health", { cookie: "" });
    expect(await answer.json()).toEqual({
      ok: true,
      version: "0.1.0",
      broker: "connected",
      robot: "online",
    });
  });
});

describe("orders to the robot", () => {
  it.each([
    ["hear", { text: "go to the kitchen" }, "hear go to the kitchen"],
    ["goto", { place: "kitchen" }, "goto kitchen"],
    ["say", { text: "hello" }, "say hello"],
    ["stop", {}, "stop"],
    ["estop", {}, "estop"],
    ["reset", { generation: 3 }, "reset 3"],
  ])("passes %s on and answers what the robot answered", async (name, body, want) => {
    const { post, told } = await setUp();
    const answer = await post(`/api/robot/${name}`, JSON.stringify(body));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ok: true,
      code: null,
      sentence: "Done.",
      task_id: "t1",
      speed_mps: 0,
    });
    expect(told).toEqual([want]);
  });

  it("answers a refusal as a problem with the status of its code", async () => {
    const { post, answerWith, http } = await setUp();
    answerWith({
      ok: false,
      code: "unconfirmed",
      sentence: "Unconfirmed: last 0.12 m/s.",
      taskId: null,
      speedMps: 0.12,
    });
    const answer = await post("/api/robot/estop", "{}");
    expect(answer.status).toBe(504);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({
      ok: false,
      code: "unconfirmed",
      detail: "Unconfirmed: last 0.12 m/s.",
      speed_mps: 0.12,
    });
    expect(http.refusals()).toEqual({ unconfirmed: 1 });
  });

  it.each([
    ["no JSON", "hear", "{", {}, 400, "bad-json"],
    [
      "a form",
      "hear",
      "text=go",
      { "content-type": "application/x-www-form-urlencoded" },
      400,
      "bad-json",
    ],
    ["text/plain", "estop", "{}", { "content-type": "text/plain" }, 400, "bad-json"],
    ["a missing field", "hear", "{}", {}, 400, "bad-payload"],
    ["a wrong type", "hear", '{"text":7}', {}, 400, "bad-payload"],
    ["an array", "goto", "[]", {}, 400, "bad-payload"],
    ["null", "say", "null", {}, 400, "bad-payload"],
    ["half a generation", "reset", '{"generation":1.5}', {}, 400, "bad-payload"],
    [
      "a text over 12,000 characters",
      "hear",
      JSON.stringify({ text: "x".repeat(12_001) }),
      {},
      422,
      "instruction-too-long",
    ],
    ["too many bytes", "hear", JSON.stringify({ text: "x".repeat(17_000) }), {}, 413, "too-large"],
    ["an unknown order", "explode", "{}", {}, 404, "not-found"],
  ])("refuses %s and tells the robot nothing", async (_, name, body, headers, status, code) => {
    const { post, told } = await setUp();
    const answer = await post(`/api/robot/${name}`, body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(told).toEqual([]);
  });

  it("refuses a body without a length once it is too large", async () => {
    const { http, told } = await setUp();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ > 100) controller.close();
        else controller.enqueue(new Uint8Array(4096).fill(32));
      },
    });
    const headers = { host, origin, cookie, "content-type": "application/json" };
    const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
    const answer = await http.app.request("/api/robot/hear", init);
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(20);
    expect(told).toEqual([]);
  });

  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "has nothing for %s on an order",
    async (method) => {
      const { http } = await setUp();
      const answer = await http.app.request("/api/robot/stop", {
        method,
        headers: { host, origin, cookie },
      });
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    },
  );
});
