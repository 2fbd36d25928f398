import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEncoder, decodePayload } from "./codec.ts";
import { commandPayloads } from "./payloads.ts";
import { parseTopic, topicsOf } from "./topics.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const encoder = createEncoder({ wallMs: () => 1234.5 });
const head = { id: "c1", epoch: 1, deadline_ms: 2000, who: "test" };

describe("payloads on the wire", () => {
  it("go out with version, counter and time, and come back as they were", () => {
    const text = encoder.encode(commandPayloads.goto, { ...head, place: "kitchen" });
    const decoded = decodePayload(commandPayloads.goto, bytes(text));
    expect(decoded).toMatchObject({ ok: true, value: { v: 1, ts: 1235, place: "kitchen" } });
  });
  it("keep working when a newer sender adds keys", () => {
    const text = encoder.encode(commandPayloads.say, { ...head, text: "hi" });
    const more = JSON.stringify({ ...JSON.parse(text), mood: "glad" });
    expect(decodePayload(commandPayloads.say, bytes(more)).ok).toBe(true);
  });
  it.each([
    ["not JSON", "{", "bad-json"],
    ["a list", "[]", "bad-json"],
    ["null", "null", "bad-json"],
    ["a missing field", "{}", "bad-payload"],
    ["too large", `"${"x".repeat(5000)}"`, "too-large"],
    ["a number that overflows", '{"v":1,"linear_mps":1e999}', "bad-payload"],
  ])("%s is a coded refusal", (_what, text, code) => {
    expect(decodePayload(commandPayloads.drive, bytes(text))).toMatchObject({ ok: false, code });
  });
  it("never throw, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6000 }), (any) => {
        expect(decodePayload(commandPayloads.plan, any).ok).toBe(false);
      }),
    );
  });
});

describe("topics", () => {
  it("are put together and taken apart", () => {
    expect(topicsOf("timmy").command("goto")).toBe("timmy/v1/timmy/cmd/goto");
    expect(parseTopic("timmy/v1/timmy/cmd/goto")).toEqual({
      node: "timmy",
      kind: "cmd",
      name: "goto",
    });
  });
  it.each(["timmy/v2/a/cmd/x", "other/v1/a/cmd/x", "timmy/v1/A B/cmd/x", "timmy/v1/a/b/c/d", "x"])(
    "%s is none of ours",
    (topic) => expect(parseTopic(topic)).toBeNull(),
  );
});
