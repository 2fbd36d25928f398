import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { PoseRecord } from "./pose-tracker.ts";

const finite = z.number().min(-1e6).max(1e6);
const pose = z.object({ xM: finite, yM: finite, headingRad: finite });
const recordSchema = z.object({
  pose,
  covariance: z.array(finite).length(9),
  odometry: pose,
  tick: z.number().int().min(0),
});

/** The last pose, for the process that comes after this one; null when there is none to trust. */
export function readPoseFile(path: string): PoseRecord | null {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Written beside and renamed: a reader sees the old one or the new one. Answers whether it was. */
export function writePoseFile(path: string, record: PoseRecord): boolean {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(record));
    renameSync(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
}
