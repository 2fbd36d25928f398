import { z } from "zod";
import { stateLimits as limits } from "./limits.ts";

export const stateSchema = "timmy.state/1";
export const stateMajor = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0).max(limits.count);
const raised = z.int().min(1).max(limits.count);
const ms = z.int().min(-limits.timeMs).max(limits.timeMs);

/** The first line: whose state this is, and how it came to be. */
export const headerSchema = z.looseObject({
  kind: z.literal("header"),
  schema: z.string(),
  /** The agent's id: its Ed25519 public key. */
  agent: hash,
  name: z.string().min(1).max(limits.agentNameChars),
  created_ms: ms,
  epoch: raised,
  /** Raised by each export whose content is another than that of the newest file. */
  generation: raised,
  /** SHA-256 of the state file before this one, or empty. */
  parent: z.union([hash, z.literal("")]),
  /** Whom the agent was forked from. */
  parent_id: hash.nullable(),
  mode: z.enum(["snapshot", "move", "fork"]),
  /** Program and version. */
  exporter: z.string().max(60),
  exported_ms: ms,
  /** The node that a move is for; empty for anybody. */
  to: z.string().max(60),
  /** Absent: it can be restored where the private key is, or imported as a fork. */
  key: z.enum(["included", "absent"]),
});
export type StateHeader = z.infer<typeof headerSchema>;

/** The last line. The signature is over `signedText`. */
export const footerSchema = z.strictObject({
  kind: z.literal("footer"),
  /** SHA-256 of the header's line with its newline. */
  header: hash,
  /** SHA-256 of all lines of each section, in the file's order. */
  sections: z
    .array(z.strictObject({ name: z.string().max(limits.nameChars), lines: count, sha256: hash }))
    .max(64),
  /** The public key of the signature: the agent's. */
  signer: hash,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
export type StateFooter = z.infer<typeof footerSchema>;

/** What a signature stands for begins with what it is, so that it is never taken for another. */
export const signedText = (canonicalFooter: string): string => `${stateSchema}\n${canonicalFooter}`;

/** Whether a first line was meant as a header, though it may be damaged. */
export const looksLikeHeader = (line: string): boolean =>
  line.startsWith('{"agent":"') || line.includes("timmy.state/");

/** The major version that a header names, or null. */
export function majorOf(schema: unknown): number | null {
  const match = typeof schema === "string" ? /^timmy\.state\/(0|[1-9]\d{0,5})$/.exec(schema) : null;
  return match === null ? null : Number(match[1]);
}
