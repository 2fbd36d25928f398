import { readFileSync, writeFileSync } from "node:fs";
import type { Expected } from "./replay.ts";

const url = new URL("expected.json", import.meta.url);

export function readExpected(): Readonly<Record<string, Expected>> {
  return JSON.parse(readFileSync(url, "utf8"));
}

/** One line a script, so that a change shows which scripts it touches. */
export function writeExpected(all: Readonly<Record<string, Expected>>): void {
  const lines = Object.entries(all).map(
    ([name, expected]) => `  ${JSON.stringify(name)}: ${JSON.stringify(expected)}`,
  );
  writeFileSync(url, `{\n${lines.join(",\n")}\n}\n`);
}
