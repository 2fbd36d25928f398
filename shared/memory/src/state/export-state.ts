import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { ExportMode, ExportReceipt, StateSecret } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { type StateHeader, signedText, stateSchema } from "@timmy/shared/state/header";
import { stateLimits } from "@timmy/shared/state/limits";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import type { StateRecord } from "@timmy/shared/state/records";
import { createStateReader } from "@timmy/shared/state/state-reader";
import { compareTexts } from "@timmy/shared/state/text-order";
import { internalsOf } from "../store-internals.ts";
import { exportSeed, type StoreSnapshot, setRecord } from "../store-sections.ts";
import { openSnapshot } from "../store-snapshot.ts";
import { encrypt } from "./age.ts";
import { type Attachments, addToAttachments, putNewest, readAttachments } from "./attachments.ts";
import { contentHash, createDigests, type Digests, sha256Of } from "./digests.ts";
import { checkExport } from "./export-judge.ts";
import { contentLines, keyLine, redactionLine, type SectionLine } from "./record-lines.ts";
import { createSecretScan } from "./secret-scan.ts";

/** Where the bytes go. They are the file's only when `exportState` has answered. */
export interface StateSink {
  write(bytes: Uint8Array): Promise<void>;
}

export interface ExportOptions {
  readonly mode: ExportMode;
  /** Program and version. */
  readonly exporter: string;
  /** Encrypts, and puts the private key in unless the mode is fork. */
  readonly secret?: StateSecret;
  /** `node`: the sink is no file but a way to another node, which needs the key for a move. */
  readonly channel?: "file" | "node";
  /** The node that a move is for. */
  readonly to?: string;
  /** What the agent can do in this body, and the limits that this body gives it. */
  readonly requires?: readonly string[];
  readonly policy?: readonly PolicyRule[];
  /** Of this machine: never in a file. */
  readonly secrets?: readonly (string | Uint8Array)[];
  /** Default refuse. */
  readonly onSecret?: "refuse" | "redact";
  /** Base-2 logarithm of scrypt's work for a passphrase; 18 unless told. */
  readonly workFactor?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly of: number }) => void;
}

/** Lines between two breaths of the event loop. */
const breathLines = 500;
const writeBytes = 64 * 1024;
const keyAbsent = "the private key";

interface Export {
  readonly snapshot: StoreSnapshot;
  readonly attachments: Attachments;
  readonly options: ExportOptions;
  readonly seed: Uint8Array;
  readonly withKey: boolean;
}

type Redaction = StateRecord<"redactions">;

/** What earlier files left out, and this one does; ours come first where there are too many. */
function redactionsOf(
  job: Export,
  redactions: readonly Redaction[],
  secrets: number,
): readonly Redaction[] {
  const known = (what: string) => redactions.find((record) => record.what === what);
  const own = [
    ...(secrets > 0 ? [{ ...known("secrets"), what: "secrets", count: secrets }] : []),
    ...(job.withKey ? [] : [{ count: 1, ...known(keyAbsent), what: keyAbsent }]),
  ];
  const others = redactions.filter(
    ({ what }) => what !== keyAbsent && !own.some((one) => one.what === what),
  );
  return [...own, ...others]
    .slice(0, stateLimits.redactions)
    .sort((a, b) => compareTexts(a.what, b.what));
}

const secretsOf = ({ options, seed }: Export) => [...(options.secrets ?? []), seed];

/** All lines below the header; twice the same for one snapshot. */
function* bodyLines(job: Export): Generator<SectionLine> {
  const { options, attachments } = job;
  const scan = createSecretScan(secretsOf(job), options.onSecret ?? "refuse");
  for (const line of contentLines(job.snapshot, attachments)) {
    const clean = scan.clean(line);
    if (clean !== null) yield clean;
  }
  // Looked at before they are written: how many lines had a secret stands above the last of them.
  const unknown = attachments.unknown.flatMap(({ section, lines }) =>
    lines.flatMap((text) => scan.clean({ section, text, of: `the section ${section}` }) ?? []),
  );
  const known = attachments.redactions.filter((record) => {
    const line = redactionLine(record.what, record);
    return scan.clean(line) === line;
  });
  for (const record of redactionsOf(job, known, scan.found())) {
    yield redactionLine(record.what, record);
  }
  if (job.withKey) yield keyLine(job.seed);
  yield* unknown;
}

const encode = (text: string) => Buffer.from(`${text}\n`);

/** What the header says apart from how this export came about. */
function describe(job: Export): Omit<StateHeader, "generation" | "parent" | "exported_ms"> {
  const { agent } = job.snapshot;
  return {
    kind: "header",
    schema: stateSchema,
    agent: agent.id,
    name: agent.name,
    created_ms: agent.createdMs,
    epoch: agent.epoch,
    parent_id: agent.parentId,
    mode: job.options.mode,
    exporter: job.options.exporter,
    to: job.options.to ?? "",
    key: job.withKey ? "included" : "absent",
  };
}

/**
 * The newest file's header when this export would only repeat it, else one of the next generation.
 * So equal content gives equal bytes, whoever exports it.
 */
function makeHeader(job: Export, content: string, nowMs: number): string {
  const { newest } = job.attachments;
  const base = describe(job);
  const old = newest === null ? null : (JSON.parse(newest.line) as StateHeader);
  if (newest !== null && old !== null && newest.content === content) {
    const same = { ...old, ...base, exporter: old.exporter };
    if (canonicalJson(same) === newest.line) return newest.line;
  }
  const { agent } = job.snapshot;
  return canonicalJson({
    // What a newer version wrote into it stays.
    ...(old !== null && old.agent === agent.id ? old : {}),
    ...base,
    generation: Math.min(agent.generation + 1, stateLimits.count),
    parent: agent.stateHash,
    exported_ms: nowMs,
  });
}

function makeFooter(store: AgentStore, header: string, digests: Digests): string {
  const footer = {
    kind: "footer",
    header: sha256Of(encode(header)),
    sections: digests.sections(),
    signer: store.agent().id,
  };
  const signature = Buffer.from(store.sign(Buffer.from(signedText(canonicalJson(footer)))));
  return canonicalJson({ ...footer, signature: signature.toString("hex") });
}

interface Survey {
  readonly digests: Digests;
  readonly bytes: number;
  /** In words: "the private key", "3 secrets". */
  readonly redactions: readonly string[];
}

/** First pass: everything is looked at, as a reader would, before one byte is written. */
async function survey(job: Export, nowMs: number): Promise<Survey> {
  const redactions: string[] = [];
  const digests = createDigests();
  const reader = createStateReader();
  const first = makeHeader(job, "", nowMs);
  // Of a header nothing can be left out: the agent is given another name, or stays.
  createSecretScan(secretsOf(job), "refuse").clean({
    section: "header",
    text: first,
    of: "the header: give the agent another name",
  });
  const header = reader.read(first);
  if (!header.ok) throw new TimmyError(header.code, `It cannot be exported: ${header.sentence}`);
  let bytes = 0;
  let lines = 0;
  for (const { section, text, of } of bodyLines(job)) {
    const read = reader.read(text);
    if (!read.ok) throw new TimmyError(read.code, `${of} cannot be exported: ${read.sentence}`);
    const { item } = read;
    if (item.kind === "record" && "what" in item.record && "count" in item.record) {
      const { what, count } = item.record;
      redactions.push(what === keyAbsent ? keyAbsent : `${count} ${what}`);
    }
    const encoded = encode(text);
    digests.add(section, encoded);
    bytes += encoded.length;
    if (encoded.length > stateLimits.lineBytes || bytes > stateLimits.fileBytes) {
      throw new TimmyError("state-too-large", `It ends at ${of}.`);
    }
    if (++lines % breathLines === 0) {
      job.options.signal?.throwIfAborted();
      await setImmediate();
    }
  }
  return { digests, bytes, redactions };
}

/** Second pass: the same lines, in pieces of a size that suits disks and networks. */
async function* writtenBytes(
  job: Export,
  header: string,
  footer: string,
): AsyncGenerator<Uint8Array> {
  let waiting: Buffer[] = [encode(header)];
  let size = 0;
  for (const { text } of bodyLines(job)) {
    const encoded = encode(text);
    waiting.push(encoded);
    size += encoded.length;
    if (size < writeBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
    job.options.signal?.throwIfAborted();
    await setImmediate();
  }
  waiting.push(encode(footer));
  yield Buffer.concat(waiting);
}

async function* measured(
  bytes: AsyncIterable<Uint8Array>,
  of: number,
  see: (piece: Uint8Array) => void,
  onProgress: ExportOptions["onProgress"],
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of bytes) {
    see(piece);
    done += piece.length;
    onProgress?.({ bytes: done, of });
    yield piece;
  }
}

/** Puts the whole file into the sink; answers its receipt and how to remember it. */
async function writeAll(store: AgentStore, job: Export, sink: StateSink, nowMs: number) {
  const { options, snapshot, attachments } = job;
  const { digests, bytes, redactions } = await survey(job, nowMs);
  const content = contentHash(digests.sections());
  const header = makeHeader(job, content, nowMs);
  const footer = makeFooter(store, header, digests);
  const hash = createHash("sha256");
  let written = 0;
  let plain: AsyncIterable<Uint8Array> = writtenBytes(job, header, footer);
  plain = measured(plain, bytes, (piece) => hash.update(piece), options.onProgress);
  const { secret } = options;
  const out = secret === undefined ? plain : encrypt(plain, secret, options.workFactor);
  for await (const piece of out) {
    written += piece.length;
    await sink.write(piece);
  }
  const parsed = JSON.parse(header) as StateHeader;
  const receipt: ExportReceipt = {
    hash: hash.digest("hex"),
    bytes: written,
    epoch: snapshot.agent.epoch,
    generation: parsed.generation,
    redactions,
  };
  const same = attachments.newest?.line === header && attachments.newest.content === content;
  return { receipt, newest: same ? null : { line: header, content } };
}

/**
 * Writes the agent's state to `sink`, below the moment of one snapshot; the store goes on working.
 * The private key goes along in what is encrypted, and in a move to another node; never else. Throws
 * `state-secret`, `state-too-large`, `key-missing`, `usage`; and `agent-departed`, `agent-moving`,
 * `no-agent` where the agent does not live.
 */
export async function exportState(
  store: AgentStore,
  sink: StateSink,
  options: ExportOptions,
  ports: { readonly clock: Pick<Clock, "wallMs"> },
): Promise<ExportReceipt> {
  const seed = exportSeed(store);
  const snapshot = openSnapshot(store);
  try {
    checkExport(snapshot.agent, options.mode);
    const sealed = options.secret !== undefined || options.channel === "node";
    const attachments = addToAttachments(
      readAttachments(snapshot),
      options.requires ?? [],
      options.policy ?? [],
    );
    const withKey = sealed && options.mode !== "fork";
    const job = { snapshot, attachments, options, seed, withKey };
    const nowMs = Math.round(ports.clock.wallMs());
    const { receipt, newest } = await writeAll(store, job, sink, nowMs);
    if (newest !== null) {
      const { context } = internalsOf(store);
      context.write(() => {
        putNewest(context.db, newest);
        setRecord(store, { generation: receipt.generation, stateHash: receipt.hash });
      });
    }
    return receipt;
  } finally {
    snapshot.close();
    seed.fill(0);
  }
}
