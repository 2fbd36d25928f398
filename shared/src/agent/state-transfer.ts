/**
 * `snapshot` is a backup; `move` ends this body's life and begins another's; `fork` makes a new agent
 * with a key of its own that remembers the same.
 */
export type ExportMode = "snapshot" | "move" | "fork";

/** Where a state goes: a file, or another node over the broker. */
export type StateTarget =
  | { readonly to: "file"; readonly path: string; readonly secret?: StateSecret }
  | { readonly to: "node"; readonly node: string };
/** How `.timmy.age` is encrypted: a passphrase, or somebody's age recipient (age1...). */
export type StateSecret =
  | { readonly kind: "passphrase"; readonly passphrase: string }
  | { readonly kind: "recipient"; readonly recipient: string }
  | { readonly kind: "identity"; readonly identity: string };

export interface ExportReceipt {
  /** SHA-256 of the state file, hex. */
  readonly hash: string;
  readonly bytes: number;
  readonly epoch: number;
  readonly generation: number;
  /** What was left out, in words: "the private key", "3 secrets". */
  readonly redactions: readonly string[];
}
