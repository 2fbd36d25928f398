import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "timmy-exhaustive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contract = "shared/src/agent/tim-agent.ts";
const files = ["shared/src/agent/agent-loop.ts", "robot/src/robot-body.ts"];
const words = "companion/src/agent/words-body.ts";

/** Compiles a copy of the agent whose contract was changed; answers the files that fail. */
function failing(change: (text: string) => string): readonly string[] {
  const text = change(readFileSync(join(root, contract), "utf8"));
  writeFileSync(join(folder, contract), text);
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { stdout } = spawnSync(tsc, ["-p", "."], { cwd: folder, encoding: "utf8" });
  const places = stdout.match(/^[a-z][^(\n]*\.ts(?=\()/gm) ?? [];
  return [...new Set(places)].sort();
}

it("does not compile with a percept or an action that nobody handles", () => {
  for (const part of ["shared/src", "robot/src", "companion/src/agent"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { paths: { "@timmy/shared/*": ["./shared/src/*.ts"] } },
      files: [...files, words],
      include: [],
    }),
  );
  expect(failing((text) => text)).toEqual([]);
  const percept = '  | { readonly type: "sensor" }\n';
  const smells = failing((text) =>
    text.replace(percept, `${percept}  | { readonly type: "smell" }\n`),
  );
  expect(smells).toContain("shared/src/agent/agent-loop.ts");
  const action = '  | { readonly type: "stop" };\n';
  const jumps = failing((text) => text.replace(action, `  | { readonly type: "jump" }\n${action}`));
  expect(jumps).toEqual(expect.arrayContaining([words, "robot/src/robot-body.ts"]));
}, 120_000);
