import { describe, expect, it } from "vitest";
import { noAnswer, readReply } from "./reply.ts";

describe("an answer of the API", () => {
  it("reads an accepted command", () => {
    const body = { ok: true, code: null, sentence: "Going.", task_id: "t1", speed_mps: 0.2 };
    expect(readReply(true, body)).toMatchObject({ ok: true, taskId: "t1", speedMps: 0.2 });
  });
  it("reads a refusal that came with status 200", () => {
    const body = { ok: false, code: "lost", sentence: "Lost.", task_id: null, speed_mps: null };
    expect(readReply(true, body)).toMatchObject({ ok: false, code: "lost", sentence: "Lost." });
  });
  it("reads a problem document", () => {
    const body = {
      title: "T",
      detail: "No way.",
      code: "no-path",
      remedy: "Open it.",
      status: 409,
    };
    expect(readReply(false, body)).toMatchObject({
      ok: false,
      sentence: "No way.",
      remedy: "Open it.",
    });
  });
  it("does not say a remedy twice", () => {
    const body = { detail: "No way. Open it.", code: "no-path", remedy: "Open it." };
    expect(readReply(false, body).remedy).toBe("");
  });
  it("never takes silence or nonsense for success", () => {
    expect(readReply(true, null)).toBe(noAnswer);
    expect(readReply(false, {}).ok).toBe(false);
  });
});
