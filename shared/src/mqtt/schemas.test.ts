import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exportSchemas } from "./schemas.ts";

const folder = new URL("../../schemas/", import.meta.url);

describe("the exported JSON Schemas", () => {
  it("equal the code; `npm run schemas` writes them anew", () => {
    const wanted = exportSchemas();
    expect(readdirSync(folder).sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, text] of Object.entries(wanted)) {
      expect(readFileSync(new URL(name, folder), "utf8"), name).toBe(text);
    }
  });
});
