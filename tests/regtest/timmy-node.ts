import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectNode } from "@timmy/companion/lightning/lnd/connect";
import { createLndBackend, type LndBackend } from "@timmy/companion/lightning/lnd/lnd-backend";
import { openVault } from "@timmy/companion/lightning/lnd/macaroon-vault";
import type { Macaroons } from "@timmy/companion/lightning/lnd/node-calls";
import { createMemoryLogger, type Logger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import type { LndNode } from "./lnd-node.ts";

export interface TimmyNode {
  readonly backend: LndBackend;
  readonly macaroons: Macaroons;
  close(): Promise<void>;
}

/** Connects to a node as the product does: bakes with the admin macaroon, seals, opens, starts. */
export async function connectTimmy(
  node: LndNode,
  logger: Logger = createMemoryLogger(),
): Promise<TimmyNode> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-regtest-data-"));
  const time = createSystemTime();
  const secret = randomBytes(32);
  const connection = await connectNode(time, {
    address: node.grpcAddress,
    certPem: readFileSync(node.certFile, "utf8"),
    adminMacaroonHex: readFileSync(node.adminMacaroonFile).toString("hex"),
    key: { kind: "file", secret },
    folder,
  });
  const macaroons = await openVault(folder, connection.pubkey, secret);
  const backend = createLndBackend({ time, logger }, { connection, macaroons });
  backend.start();
  return {
    backend,
    macaroons,
    async close() {
      await backend.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
