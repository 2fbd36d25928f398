import { canonicalJson } from "@timmy/shared/state/canonical";
import { signedText } from "@timmy/shared/state/header";
import { agentIdOf, signWith } from "../identity-key.ts";
import { createDigests, sha256Of } from "../state/digests.ts";

type Members = Readonly<Record<string, unknown>>;

/** An id of a record; greater for a greater number. */
export const idOf = (n: number): string =>
  `018bcfe5-6804-7b67-ba0c-${n.toString(16).padStart(12, "0")}`;

export const factOf = (n: number, more: Members = {}): Members => {
  const times = { created_ms: 1, changed_ms: 2 };
  return {
    section: "facts",
    id: idOf(n),
    key: `k${n}`,
    value: "v",
    from: "owner",
    ...times,
    ...more,
  };
};

export const episodeOf = (n: number, more: Members = {}): Members => {
  const rest = { importance: 0.5, tags: [], from: "world", who: "", access_count: 0 };
  return { section: "episodes", id: idOf(n), at_ms: 1, content: "seen", ...rest, ...more };
};

export const effectHeadOf = (seq: number, more: Members = {}): Members => ({
  section: "effect-log",
  seq,
  hash: (seq === 0 ? "0" : "1").repeat(64),
  ...more,
});

/**
 * A file that its own agent signed, as a stranger could make one: the header's members over ordinary
 * ones, then these records, as objects or as the lines themselves.
 */
export function signState(
  records: readonly (Members | string)[],
  header: Members = {},
  seed: Uint8Array = new Uint8Array(32).fill(7),
): Buffer {
  const agent = agentIdOf(seed);
  const made = { created_ms: 1, exported_ms: 1, exporter: "x", generation: 1, parent: "", to: "" };
  const who = { kind: "header", schema: "timmy.state/1", agent, name: "Eve", parent_id: null };
  const how = { epoch: 1, mode: "snapshot", key: "absent" };
  const first = canonicalJson({ ...made, ...who, ...how, ...header });
  const lines = records.map((one) => (typeof one === "string" ? one : canonicalJson(one)));
  const digests = createDigests();
  for (const line of lines) {
    digests.add((JSON.parse(line) as { section: string }).section, Buffer.from(`${line}\n`));
  }
  const sections = digests.sections();
  const footer = { kind: "footer", header: sha256Of(`${first}\n`), sections, signer: agent };
  const bytes = Buffer.from(signedText(canonicalJson(footer)));
  const signature = Buffer.from(signWith(seed, bytes)).toString("hex");
  const all = [first, ...lines, canonicalJson({ ...footer, signature })];
  return Buffer.from(all.map((line) => `${line}\n`).join(""));
}
