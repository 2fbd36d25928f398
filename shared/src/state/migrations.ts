import { stateMajor } from "./header.ts";

type Members = Readonly<Record<string, unknown>>;

/** Turns lines of one major version into those of the next; pure. Null drops a record. */
export interface Migration {
  header(header: Members): Members;
  record(section: string, record: Members): Members | null;
}
/** By the major version that it starts from. Golden files of each version stay in golden/. */
export type Migrations = Readonly<Record<number, Migration>>;

/** There is one major version: nothing to migrate yet. */
export const stateMigrations: Migrations = {};

/** The steps from a major version to ours, or null when a step is missing. */
export function stepsFrom(
  major: number,
  table: Migrations = stateMigrations,
): readonly Migration[] | null {
  const steps: Migration[] = [];
  for (let at = major; at < stateMajor; at++) {
    const step = table[at];
    if (step === undefined) return null;
    steps.push(step);
  }
  return steps;
}

export const migrateHeader = (steps: readonly Migration[], header: Members): Members =>
  steps.reduce((members, step) => step.header(members), header);

export const migrateRecord = (
  steps: readonly Migration[],
  section: string,
  record: Members,
): Members | null =>
  steps.reduce<Members | null>(
    (members, step) => (members === null ? null : step.record(section, members)),
    record,
  );
