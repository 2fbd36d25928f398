import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildNative, type NativeBuild, realtimeFolder } from "@timmy/hardware/native-build";

/** A line of the core that a planted fault changes; it must stand there exactly once. */
export interface PlantedFault {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Builds a main with the core, or with a copy of it that has faults; `end` removes all of it. */
export function buildTrialProgram(
  build: Omit<NativeBuild, "out">,
  faults: readonly PlantedFault[],
): { readonly program: string; readonly folder: string; end(): void } {
  const folder = mkdtempSync(join(tmpdir(), "timmy-trial-"));
  const sources = join(folder, "realtime");
  cpSync(realtimeFolder, sources, { recursive: true });
  for (const { file, from, to } of faults) {
    const path = join(sources, file);
    const text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2) throw new RangeError(`${file} has not one "${from}"`);
    writeFileSync(path, text.replace(from, to));
  }
  return {
    program: buildNative({ ...build, out: join(folder, "program"), folder: sources }),
    folder,
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
