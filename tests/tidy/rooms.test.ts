import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, readSources, root, type SourceFile } from "./source-tree.ts";

/** Who may import whom (docs/ARCHITECTURE.md, the room map). `*` is everything. */
const mayImport: Record<string, readonly string[]> = {
  shared: [],
  "shared/memory": ["shared"],
  protos: [],
  hardware: ["shared"],
  "firmware-bridge": ["shared", "hardware"],
  robot: ["shared", "shared/memory", "hardware", "firmware-bridge"],
  sim: ["shared", "hardware", "firmware-bridge", "robot"],
  companion: ["shared", "shared/memory", "protos"],
  tests: ["*"],
  "": ["*"],
};

function forbidden(file: SourceFile): string[] {
  const allowed = mayImport[file.room] ?? [];
  return importsOf(file)
    .filter(({ room }) => room !== null && room !== file.room)
    .filter(({ room }) => !allowed.includes("*") && !allowed.includes(room ?? ""))
    .map(({ specifier }) => `${file.path} imports ${specifier}`);
}

const sources = readSources(/\.(ts|tsx|mts)$/);

describe("the rooms", () => {
  it("import only what the table allows, also by relative paths", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(forbidden)).toEqual([]);
  });
  it("would be caught crossing the wall between robot and companion", () => {
    const robot = (text: string): SourceFile => ({ path: "robot/src/x.ts", room: "robot", text });
    expect(forbidden(robot('import { a } from "@timmy/companion/http-app";'))).toHaveLength(1);
    expect(forbidden(robot('import { a } from "../../companion/src/x.ts";'))).toHaveLength(1);
    expect(forbidden(robot('const a = await import("@timmy/sim/world");'))).toHaveLength(1);
    expect(forbidden(robot('import { a } from "@timmy/shared/errors";'))).toHaveLength(0);
  });
  it("reach each other only by package name", () => {
    const crossings = sources.flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, room }) => specifier.startsWith(".") && room !== file.room)
        .filter(() => file.room !== "" && file.room !== "tests")
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(crossings).toEqual([]);
  });
  it("keep shared free of I/O: it imports zod and nothing else", () => {
    const strangers = sources
      .filter((file) => file.room === "shared" && !file.path.endsWith(".test.ts"))
      .flatMap((file) => importsOf(file).filter(({ room }) => room === null))
      .map(({ specifier }) => specifier);
    expect([...new Set(strangers)]).toEqual(["zod"]);
  });
  it("declare what they import, and each has a page", () => {
    const missing: string[] = [];
    for (const room of Object.keys(mayImport).filter((r) => r !== "" && r !== "tests")) {
      if (!existsSync(join(root, room, "README.md"))) missing.push(`${room}/README.md`);
      const manifest = JSON.parse(readFileSync(join(root, room, "package.json"), "utf8")) as {
        dependencies?: Record<string, string>;
      };
      const used = new Set<string>();
      for (const file of sources.filter(
        (f) => f.room === room && !/\.test\.|\/dev\/|vite\.config/.test(f.path),
      )) {
        const imports = importsOf(file);
        // What imports vitest is part of tests (a contract suite), whatever its name.
        if (imports.some(({ specifier }) => specifier === "vitest")) continue;
        for (const { specifier } of imports) {
          if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
          const parts = specifier.split("/");
          used.add(specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? ""));
        }
      }
      for (const name of used) {
        if (
          name !== `@timmy/${room.split("/").at(-1)}` &&
          manifest.dependencies?.[name] === undefined
        ) {
          missing.push(`${room}/package.json: ${name}`);
        }
      }
    }
    expect(missing).toEqual([]);
  });
});
