import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { listFiles, readSources, root } from "./source-tree.ts";

const sources = readSources(/\.(ts|tsx|mjs|c|h)$/);
const isTest = (path: string) => /\.test\.tsx?$|^tests\/|\/testing\/|\/dev\//.test(path);
/** Files that build real things: they alone touch the machine's clock and environment. */
const isMain = (path: string) =>
  /(^|\/)[a-z-]*main\.ts$|-worker\.ts$|^timmy\.ts$|^cli\/|^scripts\/|^companion\/web\//.test(path);

function offenders(pattern: RegExp, keep: (path: string) => boolean): string[] {
  return sources
    .filter((file) => keep(file.path))
    .flatMap((file) =>
      file.text
        .split("\n")
        .map((line, k) => ({ line, at: `${file.path}:${k + 1}` }))
        .filter(({ line }) => pattern.test(line.replace(/\/\/.*|^\s*\*.*/, "")))
        .map(({ at }) => at),
    );
}

describe("the house style", () => {
  it("keeps files under 400 lines", () => {
    const long = sources.filter((f) => f.text.split("\n").length > 400).map((f) => f.path);
    expect(long).toEqual([]);
  });
  it("names files in kebab-case", () => {
    const bad = sources
      .map((file) => file.path.split("/").at(-1) ?? "")
      .filter((name) => !/^[a-z0-9]+([-_.][a-z0-9]+)*$/.test(name));
    expect(bad).toEqual([]);
  });
  it("reads no ambient time, chance or environment outside of a main file", () => {
    const ambient = /\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b|\bnew Date\(\)/;
    const allowed = (path: string) =>
      !isTest(path) && !isMain(path) && path !== "shared/src/ports/time.ts";
    expect(offenders(ambient, allowed)).toEqual([]);
  });
  it("has no focused, skipped or promised tests", () => {
    const pattern = /\b(it|test|describe)\.(only|todo|skip)\b/;
    expect(offenders(pattern, (path) => path !== "tests/tidy/style.test.ts")).toEqual([]);
  });
  it("waits for things, never for the clock", () => {
    const pattern = /setTimeout\((resolve|r|done)\b|\bsleep\(|\bdelay\(/;
    expect(offenders(pattern, (path) => path !== "tests/tidy/style.test.ts")).toEqual([]);
  });
  it("names no path of a developer's machine", () => {
    const texts = readSources(/\.(ts|tsx|mjs|md|json|xml|c|h|html|css)$|^\.ci\/run$/);
    const pattern = /(^|[^.\w])\/(home|root|work|Users)\/[a-z]/;
    const bad = texts.filter((f) => f.path !== "package-lock.json" && pattern.test(f.text));
    expect(bad.map((f) => f.path).filter((p) => p !== "tests/tidy/style.test.ts")).toEqual([]);
  });
});

describe("the documents", () => {
  it("link only to files that exist", () => {
    const broken: string[] = [];
    for (const file of readSources(/\.md$/)) {
      for (const [, target = ""] of file.text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const path = normalize(join(dirname(file.path), target));
        if (!existsSync(join(root, path))) broken.push(`${file.path}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
  it("stand where a reader looks for them", () => {
    const wanted = [
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "SECURITY.md",
      "CONTRIBUTING.md",
      "docs/ARCHITECTURE.md",
    ];
    const files = new Set(listFiles());
    expect(wanted.filter((path) => !files.has(path))).toEqual([]);
  });
});
