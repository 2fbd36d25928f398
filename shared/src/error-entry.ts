/** Every error a person can meet: its kind, a sentence, what to do, and its HTTP status. */
export interface ErrorEntry {
  readonly kind: "input" | "state" | "outside" | "internal";
  readonly sentence: string;
  readonly remedy: string;
  readonly status: number;
}

const of =
  (kind: ErrorEntry["kind"]) =>
  (status: number, sentence: string, remedy: string): ErrorEntry => ({
    kind,
    sentence,
    remedy,
    status,
  });
export const input = of("input");
export const state = of("state");
export const outside = of("outside");
export const internal = of("internal");
