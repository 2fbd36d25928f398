import { readFileSync } from "node:fs";
import { instantiateCore } from "@timmy/hardware/wasm-core";
import { describe, expect, it } from "vitest";
import { maxPayloadBytes, maxTtlMs } from "./limits.ts";
import { payloads, shapeOfCode } from "./payloads.ts";
import { ackCodes, armingSentences, reasonAt } from "./vocabulary.ts";

const source = (name: string) =>
  readFileSync(new URL(`../../hardware/realtime/core/${name}`, import.meta.url), "utf8");

describe("the words of both ends", () => {
  it("name the same arming checks with the same sentences", () => {
    const core = instantiateCore();
    const memory = new Uint8Array(core.memory.buffer);
    const found: Record<number, string> = {};
    for (let at = 0; core.arming_id(at) !== 0; at++) {
      const start = core.arming_sentence(at);
      const text = memory.subarray(start, memory.indexOf(0, start));
      found[core.arming_id(at)] = new TextDecoder().decode(text);
    }
    expect(found).toEqual(armingSentences);
  });

  it("name the same stop reasons by the same bits", () => {
    const bits = [...source("stop.h").matchAll(/REASON_([A-Z_]+) = 1u << (\d+)/g)];
    expect(bits.length).toBe(11);
    for (const [, name = "", bit = ""] of bits) {
      expect(reasonAt(Number(bit))).toBe(name.toLowerCase().replaceAll("_", "-"));
    }
  });

  it("name the same answers by the same numbers", () => {
    const codes = [...source("report.h").matchAll(/ACK_([A-Z_]+) = (\d+)/g)].map(
      ([, name = "", code = ""]) => [name.toLowerCase().replaceAll("_", ""), Number(code)],
    );
    const ours = Object.entries(ackCodes).map(([name, code]) => [name.toLowerCase(), code]);
    expect(ours).toEqual(codes);
  });

  it("agree on limits, and every payload fits", () => {
    expect(source("limits.h")).toContain(`#define PAYLOAD_MAX ${maxPayloadBytes}u`);
    expect(source("limits.h")).toContain(`#define TTL_MAX_MS ${maxTtlMs}u`);
    for (const { code } of Object.values(payloads)) {
      expect(shapeOfCode(code)?.bytes).toBeLessThanOrEqual(maxPayloadBytes);
    }
  });
});
