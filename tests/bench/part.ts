/** One measurement of a bench: what it is called, its figures, and the sentence for a person. */
export interface BenchResult {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly sentence: string;
  /** Against the part's own target; null where it has none or could not measure. */
  readonly pass: boolean | null;
}

export interface BenchOptions {
  /** How long to measure; of robot time where the time is virtual. */
  readonly seconds: number;
}

export type BenchPart = (options: BenchOptions) => Promise<BenchResult>;
