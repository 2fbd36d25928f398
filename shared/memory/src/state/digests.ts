import { createHash, type Hash } from "node:crypto";
import { canonicalJson } from "@timmy/shared/state/canonical";

export interface SectionDigest {
  readonly name: string;
  readonly lines: number;
  readonly sha256: string;
}

export interface Digests {
  /** A line with its newline. */
  add(section: string, line: Uint8Array): void;
  /** Of each section, in the order in which they began. */
  sections(): readonly SectionDigest[];
}

export const sha256Of = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

export function createDigests(): Digests {
  const sections: { name: string; lines: number; hash: Hash }[] = [];
  return {
    add(section, line) {
      let last = sections.at(-1);
      if (last?.name !== section) {
        last = { name: section, lines: 0, hash: createHash("sha256") };
        sections.push(last);
      }
      last.lines++;
      last.hash.update(line);
    },
    sections: () =>
      sections.map(({ name, lines, hash }) => ({ name, lines, sha256: hash.copy().digest("hex") })),
  };
}

/** One hash for all that stands below a header. */
export const contentHash = (sections: readonly SectionDigest[]): string =>
  sha256Of(canonicalJson(sections));
