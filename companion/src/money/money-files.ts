import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where the money of one Timmy lies, in a folder that only its user can read. */
export interface MoneyFiles {
  readonly folder: string;
  /** Connection record and vault of a node. */
  readonly lnd: string;
  /** What approvals and limits are sealed with. */
  readonly key: string;
  /** The mock's own memory of its network. */
  readonly mockNode: string;
  /** Where the running treasury listens. */
  readonly address: string;
  /** The books of one node: "mock", or network and public key. */
  books(node: string): string;
}

export function moneyFiles(dataFolder: string): MoneyFiles {
  const folder = join(dataFolder, "money");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    folder,
    lnd: join(folder, "lnd"),
    key: join(folder, "treasury.key"),
    mockNode: join(folder, "mock-node.json"),
    address: join(folder, "treasury.address"),
    books: (node) => join(folder, `${node}.books`),
  };
}

export const booksName = (network: string, pubkey: string): string =>
  `${network}-${pubkey.slice(0, 16)}`;

export const hasBooks = (files: MoneyFiles, node: string): boolean => existsSync(files.books(node));
