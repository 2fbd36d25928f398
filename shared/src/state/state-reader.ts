import type { z } from "zod";
import { canonicalJson } from "./canonical.ts";
import {
  footerSchema,
  headerSchema,
  majorOf,
  type StateFooter,
  type StateHeader,
  stateMajor,
} from "./header.ts";
import { stateLimits as limits } from "./limits.ts";
import type { Migrations } from "./migrations.ts";
import { type Migration, migrateHeader, migrateRecord, stepsFrom } from "./migrations.ts";
import {
  type AnyRecord,
  chunkSchema,
  isSection,
  recordSchemas,
  type SectionName,
  sectionCounts,
  sortedBy,
  unknownMembers,
} from "./records.ts";
import { refuseState, type StateRefusal } from "./refusal.ts";
import { createSectionOrder, type SectionOrder } from "./section-order.ts";
import { readStrictJson } from "./strict-json.ts";
import { compareTexts } from "./text-order.ts";

type Members = Readonly<Record<string, unknown>>;

/** What one line is. `unknown` is a line of a section that this version keeps without reading it. */
export type StateItem =
  | { readonly kind: "header"; readonly section: "header"; readonly header: StateHeader }
  | { readonly kind: "record"; readonly section: SectionName; readonly record: AnyRecord }
  | {
      readonly kind: "chunk";
      readonly section: "blobs";
      /** Base64. */
      readonly chunk: string;
      /** Whether the blob is whole with it. */
      readonly last: boolean;
    }
  | { readonly kind: "unknown"; readonly section: string }
  | { readonly kind: "dropped"; readonly section: SectionName }
  | { readonly kind: "footer"; readonly section: "footer"; readonly footer: StateFooter };

export type ReadItem = { readonly ok: true; readonly item: StateItem } | StateRefusal;

export interface StateReader {
  /** One line without its newline, in the file's order. */
  read(text: string): ReadItem;
  /** After the last line: null when the file was whole. */
  end(): StateRefusal | null;
  /** The section and the number of the line that was read last. */
  at(): { readonly section: string; readonly line: number };
}

/** What is wrong, in a person's words: the library's are about types. */
function whyOf(error: z.ZodError): string {
  const where = error.issues[0]?.path.join(".") ?? "";
  const what = where === "" ? "a member" : `"${where.slice(0, 200)}"`;
  return `${what} is missing, or is not as it has to be`;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Bytes that a text in base64 stands for, or null when it is not base64 in its one form. */
function base64Length(text: string): number | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  // The bits that the padding leaves over are zero: else two texts stand for the same bytes.
  if (padding === 2 && !/[AQgw]==$/.test(text)) return null;
  if (padding === 1 && !/[AEIMQUYcgkosw048]=$/.test(text)) return null;
  return (text.length / 4) * 3 - padding;
}

/** Where a reader stands. */
interface Reading {
  readonly order: SectionOrder;
  steps: readonly Migration[];
  line: number;
  section: string;
  /** What the record before was sorted by, in this section. */
  previous: readonly string[] | null;
  /** Bytes of the blob that are still to come, and the number of the next piece. */
  blobLeft: number;
  part: number;
  /** Bytes of all blobs, facts and episodes together: what a store has room for. */
  blobTotal: number;
  memories: number;
  unknownChars: number;
  ended: boolean;
}

const refuse = (at: Reading, why: string, code?: StateRefusal["code"]) =>
  refuseState(at.section, at.line, why, code);
const accept = (item: StateItem): ReadItem => ({ ok: true, item });

function readHeader(at: Reading, members: Members, table?: Migrations): ReadItem {
  const major = majorOf(members["schema"]);
  if (major === null) return refuse(at, "it does not begin with the header of a Timmy state");
  if (major > stateMajor) {
    const why = `its schema is timmy.state/${major}; this version reads ${stateMajor}`;
    return refuse(at, why, "state-newer");
  }
  const steps = stepsFrom(major, table);
  if (steps === null) return refuse(at, `its schema timmy.state/${major} is not known`);
  at.steps = steps;
  const parsed = headerSchema.safeParse(migrateHeader(steps, members));
  if (!parsed.success) return refuse(at, whyOf(parsed.error));
  return accept({ kind: "header", section: "header", header: parsed.data });
}

function readFooter(at: Reading, members: Members): ReadItem {
  at.section = "footer";
  const parsed = footerSchema.safeParse(members);
  if (!parsed.success) return refuse(at, whyOf(parsed.error));
  at.ended = true;
  return accept({ kind: "footer", section: "footer", footer: parsed.data });
}

function readChunk(at: Reading, members: Members): ReadItem {
  const parsed = chunkSchema.safeParse(members);
  if (!parsed.success) return refuse(at, `a piece of a blob was expected; ${whyOf(parsed.error)}`);
  const { chunk, part } = parsed.data;
  const length = base64Length(chunk);
  if (length === null) return refuse(at, "a piece of a blob is not base64");
  const expected = Math.min(limits.chunkBytes, at.blobLeft);
  if (part !== at.part || length !== expected) {
    return refuse(at, `piece ${at.part} of ${expected} bytes was expected`);
  }
  at.part++;
  at.blobLeft -= length;
  return accept({ kind: "chunk", section: "blobs", chunk, last: at.blobLeft === 0 });
}

/** Whether the record follows the one before it; the first of a section always does. */
function follows(at: Reading, name: SectionName, members: Members): boolean {
  const keys = sortedBy[name];
  if (keys === null) return true;
  const now = keys.map((key) => String(members[key]));
  const before = at.previous;
  at.previous = now;
  if (before === null) return true;
  const first = now.findIndex((text, i) => text !== before[i]);
  return first !== -1 && compareTexts(now[first] ?? "", before[first] ?? "") > 0;
}

function readRecord(at: Reading, name: SectionName, members: Members): ReadItem {
  const migrated = migrateRecord(at.steps, name, members);
  if (migrated === null) return accept({ kind: "dropped", section: name });
  const parsed = recordSchemas[name].safeParse(migrated);
  if (!parsed.success) return refuse(at, whyOf(parsed.error));
  const record: AnyRecord = parsed.data;
  // As it was read: zod leaves a member "__proto__" out.
  const unknown = unknownMembers(name, migrated);
  if (unknown !== null && canonicalJson(unknown).length > limits.extraChars) {
    return refuse(at, "its unknown members are too large", "state-too-large");
  }
  if (!follows(at, name, record)) {
    return refuse(at, `a record stands twice or not in its order (${String(at.previous)})`);
  }
  if (name === "blobs") {
    at.blobLeft = "sha256" in record ? Number(record["bytes"]) : 0;
    at.blobTotal += at.blobLeft;
    at.part = 0;
    if (at.blobTotal > limits.blobTotalBytes) {
      return refuse(at, "the blobs together are too large", "state-too-large");
    }
  }
  return accept({ kind: "record", section: name, record });
}

function readUnknown(at: Reading, text: string): ReadItem {
  at.unknownChars += text.length + 1;
  if (at.unknownChars > limits.unknownSectionChars) {
    return refuse(at, "the section is too large", "state-too-large");
  }
  return accept({ kind: "unknown", section: at.section });
}

function enter(at: Reading, name: string): StateRefusal | null {
  if (name === at.section && name !== "header") return null;
  const before = at.section;
  at.section = name.slice(0, limits.nameChars);
  at.previous = null;
  at.unknownChars = 0;
  const why = at.order.enter(name);
  return why === null ? null : refuse(at, `${why} (after ${before})`);
}

function readMembers(at: Reading, members: Members, text: string): ReadItem {
  const { section: name, ...record } = members;
  if (at.blobLeft === 0 && members["kind"] === "footer") return readFooter(at, members);
  if (typeof name !== "string" || name === "") return refuse(at, "the line names no section");
  if (at.blobLeft > 0) {
    return name === "blobs"
      ? readChunk(at, record)
      : refuse(at, "the bytes of a blob end too early");
  }
  const wrong = enter(at, name);
  if (wrong !== null) return wrong;
  if (!isSection(name)) return readUnknown(at, text);
  const memory = name === "facts" || name === "episodes";
  if (memory) at.memories++;
  if (at.order.count() > sectionCounts[name] || (memory && at.memories > limits.memories)) {
    return refuse(at, `there are more than ${sectionCounts[name]} records`, "state-too-large");
  }
  return readRecord(at, name, record);
}

const begin = (): Reading => ({
  order: createSectionOrder(),
  steps: [],
  line: 0,
  section: "header",
  previous: null,
  blobLeft: 0,
  part: 0,
  blobTotal: 0,
  memories: 0,
  unknownChars: 0,
  ended: false,
});

/** Reads the lines of one state file; keeps nothing of them but the order. */
export function createStateReader(table?: Migrations): StateReader {
  const at = begin();
  return {
    read(text) {
      at.line++;
      if (at.ended) return refuse(at, "something stands after the footer");
      const json = readStrictJson(text);
      if (!json.ok) return refuse(at, json.why);
      if (!isMembers(json.value)) return refuse(at, "the line is not a JSON object");
      if (at.line === 1) return readHeader(at, json.value, table);
      return readMembers(at, json.value, text);
    },
    end() {
      if (at.ended) return null;
      at.line++;
      return refuse(at, "the file ends here, without its footer");
    },
    at: () => ({ section: at.section, line: at.line }),
  };
}
