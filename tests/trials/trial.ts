export interface TrialOptions {
  /** How many times; each trial says what it counts. */
  readonly n: number;
  readonly seed: number;
  /** Puts a fault into the thing under test: the trial must fail then. */
  readonly plant: boolean;
  /** Told how many are done, by trials that take minutes. */
  readonly onDone?: (done: number) => void;
}

/** Figures with their units in their names, and whether all of them are as promised. */
export interface TrialResult {
  readonly pass: boolean;
  readonly figures: Readonly<Record<string, number | string | boolean>>;
}

/** Each file of this folder that is a trial exports one as `trial`. */
export interface Trial {
  readonly title: string;
  readonly defaultN: number;
  run(options: TrialOptions): Promise<TrialResult>;
}
