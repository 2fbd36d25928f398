import { checkSecret } from "@timmy/memory/state/age";
import { type Difference, diffStates } from "@timmy/memory/state/diff-states";
import { checkExport } from "@timmy/memory/state/export-judge";
import { type ExportOptions, exportState } from "@timmy/memory/state/export-state";
import { moveToFile } from "@timmy/memory/state/move-to-file";
import { openStateFile, writeWhole } from "@timmy/memory/state/state-file";
import { type VerifiedState, verifyState } from "@timmy/memory/state/verify-state";
import type { ExportReceipt } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import { plainText } from "@timmy/shared/state/refusal";
import { takeFolder } from "./data-folder.ts";
import { version } from "./house.ts";
import { importFile } from "./state-import.ts";
import { type ConnectLine, moveOver, stay, where } from "./state-moving.ts";
import type { StateOptions } from "./state-options.ts";
import {
  answer,
  checkOut,
  createMachinePorts,
  createProgress,
  findSecrets,
  openAgentOf,
  readSecret,
  refused,
} from "./state-parts.ts";
import { textTable } from "./text-table.ts";

type Command = (options: StateOptions, connect: ConnectLine) => Promise<number>;

const shownDifferences = 20;

const exporter = `timmy ${version}`;

function describeFile({
  header,
  sections,
  redactions,
  required,
  bytes,
  hash,
}: VerifiedState): string {
  const rows = sections.map(({ name, lines }) => [name, String(lines)]);
  return [
    plainText(
      `${header.name} (${header.agent.slice(0, 16)}), ${header.mode} by ${header.exporter}`,
    ),
    textTable([
      ["epoch", String(header.epoch)],
      ["generation", String(header.generation)],
      ["exported", new Date(header.exported_ms).toISOString()],
      ["bytes", String(bytes)],
      ["SHA-256", hash],
      ["left out", plainText(redactions.join(", ")) || "nothing"],
      ["needs", plainText(required.join(", ")) || "nothing"],
    ]).trimEnd(),
    "Lines of each section:",
    textTable(rows).trimEnd(),
  ].join("\n");
}

const summaryOf = ({
  header,
  sections,
  hash,
  bytes,
  required,
  policy,
  redactions,
}: VerifiedState) => ({ header, sections, hash, bytes, required, policy, redactions });

async function check(options: StateOptions, show: boolean): Promise<number> {
  const [path = ""] = options.words;
  const progress = createProgress("Checking");
  const source = openStateFile(path, await readSecret(options, "open"));
  const found = await verifyState(source, { onProgress: progress.show });
  progress.end();
  if (!found.ok) return refused(options, found);
  const sentence = show
    ? describeFile(found)
    : `${path} is whole: ${found.bytes} bytes, signed by ${found.header.agent.slice(0, 16)}.`;
  return answer(options, true, summaryOf(found), sentence);
}

function showAgent(options: StateOptions): number {
  const store = openAgentOf(options, "read");
  try {
    const agent = store.agent();
    const counts = store.counts();
    const rows = [
      ["id", agent.id],
      ["status", agent.status === "departed" ? `departed to ${agent.departedTo}` : agent.status],
      ["epoch", String(agent.epoch)],
      ["generation", String(agent.generation)],
      ["facts", String(counts.facts)],
      ["episodes", String(counts.episodes)],
      ["blobs", String(counts.blobs)],
    ];
    return answer(
      options,
      true,
      { agent, counts },
      `${plainText(agent.name)}\n${textTable(rows).trimEnd()}`,
    );
  } finally {
    store.stop();
  }
}

const describeReceipt = (path: string, receipt: ExportReceipt): string =>
  [
    `${path}: ${receipt.bytes} bytes, generation ${receipt.generation}.`,
    ...receipt.redactions.map((what) => `Left out: ${plainText(what)}.`),
    ...(receipt.redactions.includes("the private key")
      ? ["It can be restored where the key already is, or imported as a fork."]
      : []),
  ].join("\n");

async function exportOptions(options: StateOptions): Promise<ExportOptions> {
  const secret = await readSecret(options, "seal");
  if (secret !== undefined) await checkSecret(secret);
  return {
    mode: options.mode,
    exporter,
    secrets: findSecrets(options.data),
    onSecret: options.redact ? "redact" : "refuse",
    ...(secret === undefined ? {} : { secret }),
  };
}

async function exportFile(options: StateOptions): Promise<number> {
  const path = options.out;
  if (path === null) throw new TimmyError("usage", '"state export" wants --out FILE.');
  checkOut(path);
  const how = await exportOptions(options);
  const store = openAgentOf(options, "write");
  const progress = createProgress("Writing");
  try {
    const onProgress = ({ bytes }: { bytes: number }) => progress.show(bytes);
    const all = { ...how, onProgress };
    const receipt = await writeWhole(path, (sink) =>
      exportState(store, sink, all, createMachinePorts()),
    );
    progress.end();
    return answer(options, true, { path, ...receipt }, describeReceipt(path, receipt));
  } finally {
    store.stop();
  }
}

async function diff(options: StateOptions): Promise<number> {
  const secret = await readSecret(options, "open");
  const [a = "", b = ""] = options.words;
  const shown: Difference[] = [];
  let more = 0;
  const found = await diffStates(openStateFile(a, secret), openStateFile(b, secret), (one) => {
    if (shown.length < shownDifferences) shown.push(one);
    else more++;
  });
  if (!found.ok) {
    const name = found.side === "a" ? a : b;
    return refused(options, { ...found, sentence: `${name}: ${found.sentence}` });
  }
  const rows = found.sections.map((count) => [
    count.section,
    `+${count.added}`,
    `-${count.removed}`,
    `~${count.changed}`,
    `=${count.same}`,
  ]);
  const lines = shown.map(({ what, section, key }) => plainText(`  ${what} ${section} ${key}`));
  const header =
    found.header.length === 0
      ? "The headers are equal."
      : `Header: ${plainText(found.header.join(", "))}`;
  if (more > 0) lines.push(`  and ${more} more, which ${more === 1 ? "is" : "are"} not shown`);
  const json = { header: found.header, sections: found.sections, differences: shown, more };
  return answer(options, true, json, [header, textTable(rows).trimEnd(), ...lines].join("\n"));
}

async function move(options: StateOptions, connect: ConnectLine): Promise<number> {
  const { to, out, data } = options;
  if (to === null) throw new TimmyError("usage", '"state move" wants --to NODE.');
  if (out === null) return moveOver(options, to, connect);
  checkOut(out);
  const how = await exportOptions(options);
  if (how.secret === undefined) {
    throw new TimmyError("usage", "A move takes the private key along: encrypt it (see --help).");
  }
  const release = takeFolder(data);
  const store = openAgentOf(options, "write");
  try {
    checkExport(store.agent(), "move");
    const receipt = await moveToFile(store, out, { ...how, to }, createMachinePorts());
    const sentence = `The agent is in ${out} now, for "${to}"; here it acts no more.`;
    return answer(options, true, { path: out, to, ...receipt }, sentence);
  } finally {
    store.stop();
    release();
  }
}

export const stateCommands: Readonly<Record<string, Command>> = {
  show: async (options) => (options.words.length > 0 ? check(options, true) : showAgent(options)),
  verify: (options) => check(options, false),
  export: exportFile,
  import: importFile,
  diff,
  move,
  stay,
  where,
};
