import { createHash, type Hash } from "node:crypto";
import { TimmyError } from "@timmy/shared/errors";
import { canonicalJson } from "@timmy/shared/state/canonical";
import {
  looksLikeHeader,
  type StateFooter,
  type StateHeader,
  signedText,
} from "@timmy/shared/state/header";
import type { Migrations } from "@timmy/shared/state/migrations";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import { refuseState, type StateRefusal } from "@timmy/shared/state/refusal";
import { createStateReader, type StateItem } from "@timmy/shared/state/state-reader";
import { agentIdOf, verifySignature } from "../identity-key.ts";
import { createDigests, type SectionDigest, sha256Of } from "./digests.ts";
import { createDoubleFinder } from "./double-memories.ts";
import { type FileLine, readLines } from "./file-lines.ts";
import type { StateSource } from "./state-file.ts";

/** A line that was read, as it stands in the file. */
export interface ReadLine {
  readonly item: StateItem;
  readonly text: string;
  readonly line: number;
}

export interface VerifiedState {
  readonly ok: true;
  readonly header: StateHeader;
  readonly headerLine: string;
  readonly sections: readonly SectionDigest[];
  /** SHA-256 of the whole file, decrypted. */
  readonly hash: string;
  readonly bytes: number;
  /** What the agent could do where it comes from. */
  readonly required: readonly string[];
  readonly policy: readonly PolicyRule[];
  /** In words: "the private key", "3 secrets". */
  readonly redactions: readonly string[];
}

export interface VerifyOptions {
  /** Whether a private key may stand in the bytes: not in a plain file. */
  readonly keyAllowed: boolean;
  readonly migrations?: Migrations;
}

export interface StateChecker {
  /** The section of the line that was read last. */
  section(): string;
  line(line: FileLine): { readonly ok: true; readonly read: ReadLine } | StateRefusal;
  end(): VerifiedState | StateRefusal;
}

interface Checked {
  header: StateHeader | null;
  headerLine: string;
  footer: StateFooter | null;
  blob: { readonly sha256: string; readonly hash: Hash } | null;
  key: boolean;
  readonly findDouble: ReturnType<typeof createDoubleFinder>;
  readonly firstLines: Map<string, number>;
  readonly required: string[];
  readonly policy: PolicyRule[];
  readonly redactions: string[];
}

/** What one item alone does not tell, or null when it is right. */
function checkItem(seen: Checked, item: StateItem, options: VerifyOptions): string | null {
  if (item.kind === "chunk") {
    seen.blob?.hash.update(Buffer.from(item.chunk, "base64"));
    return item.last ? checkBlob(seen) : null;
  }
  if (item.kind !== "record") return null;
  const { record } = item;
  if ("sha256" in record) {
    seen.blob = { sha256: String(record.sha256), hash: createHash("sha256") };
    return record["bytes"] === 0 ? checkBlob(seen) : null;
  }
  if ("seed" in record) {
    seen.key = true;
    return checkKey(seen.header, String(record["seed"]), options);
  }
  if ("rule" in record) seen.policy.push(record as PolicyRule);
  else if (item.section === "capabilities") seen.required.push(String(record["name"]));
  if ("what" in record && "count" in record) {
    const what = String(record["what"]);
    seen.redactions.push(what.startsWith("the ") ? what : `${String(record["count"])} ${what}`);
  }
  return seen.findDouble(item);
}

function checkBlob({ blob }: Checked): string | null {
  if (blob === null || blob.hash.digest("hex") === blob.sha256) return null;
  return `the bytes of blob ${blob.sha256.slice(0, 16)} do not have its hash`;
}

function checkKey(header: StateHeader | null, seed: string, options: VerifyOptions): string | null {
  if (!options.keyAllowed) {
    return "a private key stands in a plain file; whoever has read the file has the key";
  }
  return agentIdOf(Buffer.from(seed, "hex")) === header?.agent
    ? null
    : "the key is another agent's";
}

/** Where the signed footer and the file do not agree, or null. */
function compare(seen: Checked, sections: readonly SectionDigest[]): StateRefusal | null {
  const { footer, headerLine, header } = seen;
  const line = (name: string) => seen.firstLines.get(name) ?? 1;
  const last = line("footer");
  if (footer === null || header === null) return refuseState("footer", last, "it is missing");
  const { signature, ...signed } = footer;
  const text = Buffer.from(signedText(canonicalJson(signed)));
  if (!verifySignature(footer.signer, text, Buffer.from(signature, "hex"))) {
    return refuseState("footer", last, "its signature is wrong");
  }
  if (footer.header !== sha256Of(`${headerLine}\n`)) {
    return refuseState("header", 1, "it was changed: its hash is not the signed one");
  }
  if (footer.signer !== header.agent) {
    return refuseState("footer", last, "it is signed by another key than the agent's");
  }
  for (const [i, found] of sections.entries()) {
    const expected = footer.sections[i];
    if (expected?.name !== found.name) {
      return refuseState(
        found.name,
        line(found.name),
        "the signed footer has no such section here",
      );
    }
    if (expected.lines !== found.lines || expected.sha256 !== found.sha256) {
      const to = line(found.name) + found.lines - 1;
      const why = `the section (up to line ${to}) was changed: its hash is not the signed one`;
      return refuseState(found.name, line(found.name), why);
    }
  }
  const missing = footer.sections[sections.length];
  if (missing !== undefined) return refuseState(missing.name, last, "the section is missing");
  if (seen.key === (header.key === "included")) return null;
  return refuseState("header", 1, `it is wrong that the private key is ${header.key}`);
}

/** Not even a damaged header: bytes of something else. */
const isForeign = (line: Uint8Array): boolean =>
  line.length > 0 && !looksLikeHeader(Buffer.from(line).toString("latin1"));

const foreign = refuseState("header", 1, "it does not begin as one does", "state-foreign");

/** Checks one state file, line by line; to be trusted is only what `end` answers. */
export function createStateChecker(options: VerifyOptions): StateChecker {
  const reader = createStateReader(options.migrations);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const digests = createDigests();
  const whole = createHash("sha256");
  let bytes = 0;
  const seen: Checked = {
    header: null,
    headerLine: "",
    footer: null,
    blob: null,
    key: false,
    findDouble: createDoubleFinder(),
    firstLines: new Map(),
    required: [],
    policy: [],
    redactions: [],
  };

  function decode(line: Uint8Array): string | null {
    try {
      return decoder.decode(line);
    } catch {
      return null;
    }
  }
  function keep(item: StateItem, text: string, line: Buffer): void {
    if (item.kind === "header") {
      seen.header = item.header;
      seen.headerLine = text;
    } else if (item.kind === "footer") seen.footer = item.footer;
    else digests.add(item.section, Buffer.concat([line, Buffer.from("\n")]));
    const { line: number } = reader.at();
    if (!seen.firstLines.has(item.section)) seen.firstLines.set(item.section, number);
  }
  return {
    section: () => reader.at().section,
    line({ bytes: line, ended }) {
      const text = decode(line);
      const at = reader.at();
      if (at.line === 0 && isForeign(line)) return foreign;
      if (text === null) return refuseState(at.section, at.line + 1, "it is not UTF-8");
      if (!ended) {
        return refuseState(
          at.section,
          at.line + 1,
          "the file ends within a line, without its footer",
        );
      }
      const read = reader.read(text);
      if (!read.ok) return read;
      whole.update(line).update("\n");
      bytes += line.length + 1;
      keep(read.item, text, line);
      const why = checkItem(seen, read.item, options);
      const { section, line: number } = reader.at();
      if (why !== null) return refuseState(section, number, why);
      return { ok: true, read: { item: read.item, text, line: number } };
    },
    end() {
      const cut = reader.end();
      if (cut !== null) return cut;
      const sections = digests.sections();
      const wrong = compare(seen, sections);
      if (wrong !== null) return wrong;
      const { header, headerLine, required, policy, redactions } = seen;
      if (header === null) return refuseState("header", 1, "it is missing");
      const hash = whole.digest("hex");
      const carried = { required, policy, redactions };
      return { ok: true, header, headerLine, sections, hash, bytes, ...carried };
    },
  };
}

/**
 * Reads a state as it comes; the lines may be used only when the generator has returned, and has
 * returned a verified state. What lies in a file is never trusted before.
 */
export async function* readState(
  source: StateSource,
  options: Partial<VerifyOptions> = {},
): AsyncGenerator<readonly ReadLine[], VerifiedState | StateRefusal> {
  let lines = 0;
  try {
    const keyAllowed = options.keyAllowed ?? (await source.sealed());
    const checker = createStateChecker({ ...options, keyAllowed });
    for await (const batch of readLines(source.open())) {
      if (typeof batch === "string") {
        if (lines === 0) return foreign;
        const why = batch === "line-too-long" ? "the line is too long" : "the file is too long";
        return refuseState(checker.section(), lines + 1, why, "state-too-large");
      }
      const read: ReadLine[] = [];
      for (const line of batch) {
        const one = checker.line(line);
        if (!one.ok) return one;
        lines++;
        read.push(one.read);
      }
      yield read;
    }
    return checker.end();
  } catch (error) {
    if (!(error instanceof TimmyError)) throw error;
    return {
      ok: false,
      code: error.code,
      section: "file",
      line: lines,
      sentence: error.details || error.message,
    };
  }
}

/** Hashes, signature and form of a whole state; changes nothing. */
export async function verifyState(
  source: StateSource,
  options: Partial<VerifyOptions> & { readonly onProgress?: (bytes: number) => void } = {},
): Promise<VerifiedState | StateRefusal> {
  const reading = readState(source, options);
  let bytes = 0;
  for (;;) {
    const { done, value } = await reading.next();
    if (done === true) return value;
    for (const { text } of value) bytes += text.length;
    options.onProgress?.(bytes);
  }
}
