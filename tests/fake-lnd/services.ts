import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** The full protos of LND, from the npm package `lightning`, which carries them for 0.20 and up. */
export function loadServices(): readonly ServiceDefinition[] {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve("lightning")),
    "grpc",
    "protos",
  );
  const definitions = loadSync(
    ["lightning", "router", "invoices", "walletkit", "stateservice"].map((n) => `${n}.proto`),
    { includeDirs: [folder], keepCase: true, longs: String, enums: String, defaults: true },
  );
  return ["lnrpc.State", "lnrpc.Lightning", "routerrpc.Router", "invoicesrpc.Invoices"]
    .concat("walletrpc.WalletKit")
    .map((name) => {
      const definition = definitions[name];
      if (definition === undefined || "format" in definition) throw new Error(`${name}: missing`);
      return definition as ServiceDefinition;
    });
}
