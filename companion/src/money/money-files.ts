import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where the money of one Timmy lies, in folders that only its user can read. */
export interface MoneyFiles {
  /** Connection record and vault of a node. */
  readonly lnd: string;
  /** What approvals and limits are sealed with. */
  readonly key: string;
  /** The mock's own memory of its network. */
  readonly mockNode: string;
  /** Holds the path of the socket where the running treasury listens. */
  readonly address: string;
  /** The books of one node: "mock", or network and public key. */
  readonly books: (node: string) => string;
}

export function moneyFiles(dataFolder: string): MoneyFiles {
  const folder = join(dataFolder, "money");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return {
    lnd: dataFolder,
    key: join(folder, "treasury.key"),
    mockNode: join(folder, "mock-node.json"),
    address: join(folder, "treasury.address"),
    books: (node) => join(folder, `${node}.books`),
  };
}

export const booksName = (node: { readonly network: string; readonly pubkey: string }): string =>
  `${node.network}-${node.pubkey.slice(0, 16)}`;
