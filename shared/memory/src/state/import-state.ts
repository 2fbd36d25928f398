import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { AgentRecord, AgentStore } from "@timmy/shared/agent/agent-store";
import type { Capability } from "@timmy/shared/agent/tim-agent";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { majorOf, stateMajor } from "@timmy/shared/state/header";
import { stepsFrom } from "@timmy/shared/state/migrations";
import {
  missingCapabilities,
  type PolicyRule,
  stricterPolicy,
} from "@timmy/shared/state/policy-rules";
import { refuseState, type StateRefusal } from "@timmy/shared/state/refusal";
import { agentIdOf, seedBytes } from "../identity-key.ts";
import { awaitedNode } from "../living/departure.ts";
import { handoverNote } from "../living/handover.ts";
import { beginImport } from "../store-import.ts";
import { isBlank, keepCopy, type StoreImport } from "../store-sections.ts";
import { writeAttachments } from "./attachments.ts";
import { contentHash } from "./digests.ts";
import { readLines } from "./file-lines.ts";
import { type ImportWish, type Judgement, judgeImport } from "./import-judge.ts";
import { arrivalOf, createRowFiller } from "./import-rows.ts";
import type { StateSource } from "./state-file.ts";
import { type VerifiedState, type VerifyOptions, verifyState } from "./verify-state.ts";

export interface ImportOptions extends ImportWish, Partial<VerifyOptions> {
  /** Where the store that is replaced is kept: a path; `-2` and so on is added when it is taken. */
  readonly keepAt?: string;
  /** `arriving` until it is known that the other body is departed; living unless told. */
  readonly status?: "living" | "arriving";
  /** What this body can do, and its own limits. */
  readonly capabilities?: readonly Capability[];
  readonly policy?: readonly PolicyRule[];
  readonly onProgress?: (progress: { readonly pass: 1 | 2; readonly bytes: number }) => void;
}

export interface ImportPorts {
  readonly clock: Pick<Clock, "wallMs">;
  readonly randomBytes: (count: number) => Uint8Array;
}

export type Imported =
  | {
      readonly ok: true;
      readonly agent: AgentRecord;
      readonly as: "same" | "fork";
      /** What it could do where it comes from; and, of a body that is known, what it cannot do. */
      readonly required: readonly string[];
      /** "cannot speak here". */
      readonly missing: readonly string[];
      /** The stricter of both, rule by rule: what holds from now on. */
      readonly policy: readonly PolicyRule[];
      readonly redactions: readonly string[];
      /** Where the agent is kept that lived here before, or null. */
      readonly previous: string | null;
    }
  | StateRefusal;

interface Plan {
  readonly state: VerifiedState;
  readonly judged: Extract<Judgement, { ok: true }>;
  readonly options: ImportOptions;
  readonly nowMs: number;
  /** A fork's own key. */
  readonly forkSeed: Uint8Array | null;
}

/** The record that the agent has here. */
function recordOf({ state, judged, options, nowMs, forkSeed }: Plan): AgentRecord {
  const { header, hash } = state;
  const common = { name: header.name, status: options.status ?? "living", departedTo: "" } as const;
  if (forkSeed !== null) {
    const id = agentIdOf(forkSeed);
    const own = { id, createdMs: nowMs, parentId: header.agent };
    return { ...common, ...own, epoch: 1, generation: 0, stateHash: "" };
  }
  return {
    ...common,
    id: header.agent,
    createdMs: header.created_ms,
    epoch: judged.move ? header.epoch + 1 : header.epoch,
    generation: header.generation,
    parentId: header.parent_id,
    stateHash: hash,
  };
}

/** What a store says of a row that it does not take; all else is the disk's or ours. */
const ofTheFile: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "internal",
  "bad-payload",
  "too-large",
  "memory-full",
  "not-canonical",
]);

interface Failure {
  readonly error: unknown;
  readonly section: string;
  readonly line: number;
}

function sayFailure({ error, section, line }: Failure): StateRefusal {
  if (!(error instanceof TimmyError) || !ofTheFile.has(error.code)) throw error;
  return refuseState(section, line, (error.details || error.message).replace(/\.$/, ""));
}

/**
 * Second pass: every line was verified, and the hash tells whether these are the same bytes; so they
 * are not looked at again. What the store refuses of a changed file is not said of the first one.
 */
async function fillStore(
  source: StateSource,
  into: StoreImport,
  plan: Plan,
): Promise<StateRefusal | null> {
  const major = majorOf((JSON.parse(plan.state.headerLine) as { schema: unknown }).schema);
  const steps = stepsFrom(major ?? stateMajor, plan.options.migrations) ?? [];
  const filler = createRowFiller(into, steps);
  const hash = createHash("sha256");
  let bytes = 0;
  let line = 0;
  const failures: Failure[] = [];
  function attempt(fill: () => void): void {
    if (failures.length > 0) return;
    try {
      fill();
    } catch (error) {
      failures.push({ error, section: filler.section(), line });
    }
  }
  for await (const batch of readLines(source.open())) {
    if (typeof batch === "string") break;
    for (const { bytes: text } of batch) {
      line++;
      bytes += text.length + 1;
      hash.update(text).update("\n");
      if (line > 1) attempt(() => filler.add(text.toString("utf8")));
    }
    plan.options.onProgress?.({ pass: 2, bytes });
  }
  if (hash.digest("hex") !== plan.state.hash) {
    return refuseState("file", 1, "it was changed while it was read");
  }
  attempt(() => finish(into, plan, filler));
  const [failure] = failures;
  return failure === undefined ? null : sayFailure(failure);
}

function finish(into: StoreImport, plan: Plan, filler: ReturnType<typeof createRowFiller>): void {
  const { state, judged, options, nowMs, forkSeed } = plan;
  const record = recordOf(plan);
  const place = { nowMs, node: options.node, epoch: record.epoch };
  if (forkSeed !== null) {
    // What another agent did is not its past: its log is its own, from the first entry on.
    into.effectHead({ seq: 0, hash: "" });
    into.lineage({ ...arrivalOf("forked", place, `from ${state.header.agent}`), extra: "" });
  } else if (judged.move) {
    into.lineage({ ...arrivalOf("moved", place, handoverNote(state.hash)), extra: "" });
  }
  const line = state.headerLine;
  const newest = forkSeed !== null ? null : { line, content: contentHash(state.sections) };
  const { effectExtra, ...kept } = filler.attachments();
  const ofLog = forkSeed === null ? effectExtra : "";
  writeAttachments(into, { ...kept, effectExtra: ofLog, newest });
  into.record(record, forkSeed ?? filler.seed());
}

/** A path that is free: the given one, or with a number. */
export function freePath(path: string): string {
  let free = path;
  for (let n = 2; existsSync(free); n++) free = `${path}-${n}`;
  return free;
}

async function takeOver(source: StateSource, store: AgentStore, plan: Plan): Promise<Imported> {
  const { options, state, judged } = plan;
  let previous: string | null = null;
  if (!isBlank(store) && options.keepAt !== undefined) {
    previous = freePath(options.keepAt);
    keepCopy(store, previous);
  }
  const into = beginImport(store);
  let policy: readonly PolicyRule[] = [];
  try {
    const refused = await fillStore(source, into, plan);
    if (refused !== null) return refused;
    into.commit();
    policy = stricterPolicy(state.policy, options.policy ?? []);
  } finally {
    into.abort();
  }
  return {
    ok: true,
    agent: store.agent(),
    as: judged.as,
    required: state.required,
    missing:
      options.capabilities === undefined
        ? []
        : missingCapabilities(state.required, options.capabilities),
    policy,
    redactions: state.redactions,
    previous,
  };
}

/**
 * Takes a state into a store: verified whole first, then read again and taken over in one
 * transaction; a refusal changes nothing. An agent that lives in the store is replaced only when
 * that was wished, and is kept as a file. Throws what the disk does.
 */
export async function importState(
  source: StateSource,
  store: AgentStore,
  options: ImportOptions,
  ports: ImportPorts,
): Promise<Imported> {
  const state = await verifyState(source, {
    ...options,
    onProgress: (bytes) => options.onProgress?.({ pass: 1, bytes }),
  });
  return state.ok ? takeVerified(source, state, store, options, ports) : state;
}

/** The same for a state that this source was verified to hold. */
export async function takeVerified(
  source: StateSource,
  state: VerifiedState,
  store: AgentStore,
  options: ImportOptions,
  ports: ImportPorts,
): Promise<Imported> {
  const here = { agent: store.agent(), blank: isBlank(store), awaited: awaitedNode(store) };
  const judged = judgeImport(state, here, options);
  if (!judged.ok) return judged;
  const forkSeed = judged.as === "fork" ? ports.randomBytes(seedBytes) : null;
  const nowMs = Math.round(ports.clock.wallMs());
  return takeOver(source, store, { state, judged, options, nowMs, forkSeed });
}
