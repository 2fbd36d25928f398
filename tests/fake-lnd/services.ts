import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

let loaded: readonly ServiceDefinition[] | null = null;

/** The full protos of LND, as the npm package `lightning` carries them; read once. */
export function loadServices(): readonly ServiceDefinition[] {
  loaded ??= load();
  return loaded;
}

function load(): readonly ServiceDefinition[] {
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
