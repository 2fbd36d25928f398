import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";

/** What a process did to the files of one folder, in order, and what it said meanwhile. */
export type DiskEvent =
  | { readonly do: "create" | "unlink" | "sync"; readonly file: string }
  | { readonly do: "sync-folder" }
  | { readonly do: "write"; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly do: "resize"; readonly file: string; readonly size: number }
  | { readonly do: "say"; readonly line: string };

/** What strace must be told so that `readDiskLog` understands its log. */
export const straceArgs = (log: string): readonly string[] => [
  ...["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", "signal=none", "-o", log, "-e"],
  "trace=openat,write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,rename,unlink",
];

const unhex = (text: string) => Buffer.from(text.replaceAll("\\x", ""), "hex");
const call =
  /^(\w+)\((?:(\d+|AT_FDCWD)<([^>]*)>[^,)]*)?(?:, )?(?:"([^"]*)")?(?:, )?([^"]*)\) += (\d+)/;

function toEvent(line: string, folder: string): DiskEvent | null {
  const match = call.exec(line);
  if (match === null) return null;
  const [, name = "", fd = "", at = "", text = "", rest = ""] = match;
  const target = unhex(name === "openat" || name === "unlink" ? text : at).toString();
  if (name === "write" && fd === "1") return { do: "say", line: unhex(text).toString().trim() };
  if (target === folder) return /^f(data)?sync$/.test(name) ? { do: "sync-folder" } : null;
  if (dirname(target) !== folder || target.endsWith("-shm")) return null;
  const file = basename(target);
  switch (name) {
    case "openat":
      return rest.includes("O_CREAT") ? { do: "create", file } : null;
    case "unlink":
      return { do: "unlink", file };
    case "fsync":
    case "fdatasync":
      return { do: "sync", file };
    case "ftruncate":
      return { do: "resize", file, size: Number(rest) };
    case "pwrite64":
      return { do: "write", file, at: Number(rest.split(", ")[1]), bytes: unhex(text) };
    default:
      throw new RangeError(`${name} on ${file} is not understood.`);
  }
}

/** Reads a log of strace. A call that another thread interrupted is joined again. */
export async function readDiskLog(log: string, folder: string): Promise<readonly DiskEvent[]> {
  const events: DiskEvent[] = [];
  const open = new Map<string, string>();
  const lines = createInterface({
    input: createReadStream(log),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    const blank = line.indexOf(" ");
    const pid = line.slice(0, blank);
    let text = line.slice(blank).trimStart();
    if (text.endsWith("<unfinished ...>")) {
      open.set(pid, text.slice(0, -"<unfinished ...>".length).trimEnd());
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    if (resumed !== null) text = `${open.get(pid) ?? ""}${resumed[1] ?? ""}`;
    const event = toEvent(text, folder);
    if (event !== null) events.push(event);
  }
  return events;
}
