import { afterEach, describe, expect, it } from "vitest";
import type { RobotChange } from "./robot-view.ts";
import { removeFolders, setUpHttp as setUp } from "./testing/http-fixture.ts";

afterEach(removeFolders);

describe("the event stream", () => {
  async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
    const { value } = await reader.read();
    return new TextDecoder().decode(value);
  }

  it("begins with the snapshot, then tells each change and a ping every 400 ms", async () => {
    const { get, publish, time } = await setUp();
    const answer = await get("/api/events");
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = answer.body?.getReader();
    if (reader === undefined) throw new Error("no body");
    const first = await read(reader);
    expect(first).toMatch(/^event: snapshot\ndata: \{.*\}\n\n$/);
    expect(JSON.parse(first.split("data: ")[1] ?? "")).toMatchObject({
      companion: { node: "companion", mind: "rules" },
      robot: { node: "timmy", status: "online", state: {}, events: [] },
    });
    publish({ type: "status", data: { status: "lost" } });
    expect(await read(reader)).toBe('event: status\ndata: {"status":"lost"}\n\n');
    time.advanceTo(400);
    expect(await read(reader)).toBe(`event: ping\ndata: {"now_ms":${time.clock.wallMs()}}\n\n`);
    await reader.cancel();
    expect(time.pending()).toEqual([]);
  });

  it("lets at most 16 listen, and a new one once one has left", async () => {
    const { get } = await setUp();
    const open = await Promise.all(Array.from({ length: 16 }, () => get("/api/events")));
    expect((await get("/api/events")).status).toBe(429);
    await open[0]?.body?.cancel();
    expect((await get("/api/events")).status).toBe(200);
  });

  it("drops the oldest telemetry of a dashboard that does not read, and no event", async () => {
    const { get, publish, time } = await setUp();
    const reader = (await get("/api/events")).body?.getReader();
    if (reader === undefined) throw new Error("no body");
    const path = (seq: number): RobotChange => ({
      type: "telemetry",
      data: { stream: "path", payload: { v: 1, seq, ts: 0, points_m: [] } },
    });
    for (let i = 0; i < 2000; i++) publish(path(i));
    publish({ type: "status", data: { status: "lost" } });
    const text = (await read(reader)) + (await read(reader));
    expect(text).toContain('"seq":1999');
    expect(text).toContain("event: status");
    expect(text.split("event: telemetry").length).toBeLessThan(600);
    await reader.cancel();
    expect(time.pending()).toEqual([]);
  });

  it("cuts a dashboard off that reads nothing while much happens", async () => {
    const { get, publish, time } = await setUp();
    const answer = await get("/api/events");
    for (let i = 0; i < 2000; i++) publish({ type: "status", data: { status: "lost" } });
    expect(time.pending()).toEqual([]);
    await answer.body?.cancel();
  });

  it("ends when the app closes", async () => {
    const { get, http } = await setUp();
    const reader = (await get("/api/events")).body?.getReader();
    http.close();
    await reader?.read();
    expect((await reader?.read())?.done).toBe(true);
  });
});
