import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A text file of the project, with the room it stands in ("" for the front door's). */
export interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

/** Rooms by their folder; the longest that fits wins. */
const rooms = [
  "shared/memory",
  "shared",
  "protos",
  "hardware",
  "firmware-bridge",
  "robot",
  "sim",
  "companion",
  "tests",
];

function roomOf(path: string): string {
  return rooms.find((room) => path.startsWith(`${room}/`)) ?? "";
}

/** What git tracks or would track; nothing that is ignored. */
export function listFiles(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 })
    .split("\n")
    .filter((path) => path !== "");
}

export function readSources(pattern: RegExp): SourceFile[] {
  const files: SourceFile[] = [];
  for (const path of listFiles()) {
    if (!pattern.test(path)) continue;
    let text: string;
    try {
      text = readFileSync(join(root, path), "utf8");
    } catch {
      continue; // Deleted, but git still knows it.
    }
    files.push({ path, room: roomOf(path), text });
  }
  return files;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)[^;'"]*?from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']/g;

/** The rooms and packages a file imports; relative imports are followed to their room. */
export function importsOf(file: SourceFile): { specifier: string; room: string | null }[] {
  const found: { specifier: string; room: string | null }[] = [];
  for (const match of file.text.matchAll(importPattern)) {
    const specifier = match[1] ?? match[2] ?? "";
    if (specifier.startsWith(".")) {
      found.push({ specifier, room: roomOf(normalize(join(dirname(file.path), specifier))) });
    } else if (specifier.startsWith("@timmy/")) {
      const name = specifier.split("/")[1] ?? "";
      found.push({ specifier, room: name === "memory" ? "shared/memory" : name });
    } else {
      found.push({ specifier, room: null });
    }
  }
  return found;
}
