import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import type { ForeignMemory } from "./foreign-memory.ts";
import { foreignFileBytes, foreignFiles } from "./limits.ts";

/*
 * An OpenClaw workspace is a folder of Markdown files (docs.openclaw.ai, "Agent workspace"): who the
 * agent is, whom it is for, how it works, what it keeps in mind; and memory/ with a file a day. What
 * the program keeps elsewhere (configuration, credentials, sessions) is not looked for.
 */
const blockFiles = ["SOUL.md", "IDENTITY.md", "USER.md", "AGENTS.md", "TOOLS.md"] as const;

const strangers = { from: "world", asOwner: "owner" } as const;

/** Only what lies in the folder: a link would bring in any file of whoever reads it. */
const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

function readText(path: string): string | null {
  try {
    const found = lstatSync(path);
    if (!found.isFile()) return null;
    if (found.size > foreignFileBytes) {
      throw new TimmyError("too-large", `"${path}" has more than ${foreignFileBytes} bytes.`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof TimmyError) throw error;
    return null;
  }
}

/** Paragraphs of Markdown, each with the headings above it; a list item is one too. */
function paragraphsOf(text: string): string[] {
  let heading = "";
  const found: string[] = [];
  for (const block of text.replaceAll("\r\n", "\n").split(/\n\s*\n|\n(?=#{1,6} |[-*] )/)) {
    const [first = "", ...rest] = block.trim().split("\n");
    const title = /^#{1,6} +(.+)$/.exec(first);
    if (title !== null) heading = title[1] ?? "";
    const body = (title === null ? [first, ...rest] : rest).join("\n").trim();
    if (body !== "") found.push(heading === "" ? body : `${heading}: ${body}`);
  }
  return found;
}

function entriesOf(folder: string): readonly Dirent[] {
  if (isLink(folder)) return [];
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name.endsWith(".md"));
  } catch {
    return [];
  }
}

function dailyFiles(
  folder: string,
  entries: readonly Dirent[],
): readonly { path: string; atMs: number | null }[] {
  const names = entries.filter((one) => one.isFile());
  if (names.length > foreignFiles) {
    throw new TimmyError("too-large", `There are more than ${foreignFiles} files in memory/.`);
  }
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const day = /^(\d{4}-\d{2}-\d{2})/.exec(name)?.[1];
      const ms = day === undefined ? Number.NaN : Date.parse(`${day}T12:00:00Z`);
      return { path: join(folder, "memory", name), atMs: Number.isFinite(ms) ? ms : null };
    });
}

/** Reads a workspace folder; null when it has none of the files. */
export function readOpenClaw(folder: string): ForeignMemory | null {
  const links = [...blockFiles, "MEMORY.md", "memory"].filter((name) => isLink(join(folder, name)));
  const blocks = blockFiles.flatMap((name) => {
    const text = readText(join(folder, name));
    return text === null || text.trim() === "" ? [] : [{ name: name.slice(0, -3), text }];
  });
  const kept = readText(join(folder, "MEMORY.md"));
  const entries = entriesOf(join(folder, "memory"));
  const files = dailyFiles(folder, entries);
  if (blocks.length === 0 && kept === null && files.length === 0) return null;
  const identity = blocks.find(({ name }) => name === "IDENTITY")?.text ?? "";
  const name = /\*{0,2}Name:?\*{0,2}:?[ \t]+([^\n]{1,60})/i.exec(identity)?.[1]?.trim() ?? null;
  const said = (text: string, atMs: number | null, who: string) =>
    paragraphsOf(text).map((one) => ({ atMs, text: one, who, ...strangers }));
  return {
    name,
    blocks,
    episodes: [
      ...(kept === null ? [] : said(kept, null, "MEMORY.md")),
      ...files.flatMap(({ path, atMs }) => said(readText(path) ?? "", atMs, "memory")),
    ],
    leftOut: [
      ...links,
      ...entries.filter((one) => one.isSymbolicLink()).map(({ name }) => `memory/${name}`),
    ],
  };
}
