import { parseArgs } from "node:util";
import { rootKeyId } from "@timmy/companion/lightning/lnd/rights";
import { TimmyError } from "@timmy/shared/errors";

/** What `timmy lnd` was asked for. */
export type LndOptions =
  | { readonly command: "help" }
  | {
      readonly command: "connect";
      readonly folder: string;
      readonly address: string;
      readonly certFile: string;
      readonly macaroonFile: string;
      readonly keyFile: string | null;
      readonly weak: boolean;
    }
  | {
      readonly command: "bake";
      readonly folder: string;
      readonly macaroonFile: string;
      readonly keyFile: string | null;
    }
  | { readonly command: "status"; readonly folder: string; readonly json: boolean };

export const lndHelp = `timmy lnd: connects a Lightning node (lnd 0.19.0 or newer).

  timmy lnd connect --address 127.0.0.1:10009 --cert ~/.lnd/tls.cert \\
      --macaroon ~/.lnd/data/chain/bitcoin/mainnet/admin.macaroon
  timmy lnd bake --macaroon ~/.lnd/data/chain/bitcoin/mainnet/admin.macaroon
  timmy lnd status --json

connect  recognises the node, lets it bake three macaroons with few rights (earn, spend, sweep),
         and keeps them encrypted; the admin macaroon is used once and not kept
bake     the same again for the connected node, after an update changed the rights
status   the connection and how the node is; needs no passphrase and calls nothing but its state

  --address HOST:PORT  where the node's gRPC listens
  --cert FILE          the node's tls.cert; it is pinned, and no other will do
  --macaroon FILE      the node's admin.macaroon
  --key-file FILE      32 or more random bytes to encrypt with, instead of a passphrase
                       (openssl rand -out FILE 32); systemd hands it over as the credential
                       timmy-vault, and so nobody needs to type when Timmy starts
  --small-memory       half the memory for the passphrase's key, for a Raspberry Pi
  --data DIR           Timmy's data folder (default .timmy)
  --json               one JSON object instead of sentences

To take the three macaroons back at the node: lncli deletemacaroonid ${rootKeyId}
A passphrase is asked for on the terminal, never taken from an argument or the environment.
Exit codes: 0 done, 1 not done, 2 the command line was not understood.
`;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        address: { type: "string" },
        cert: { type: "string" },
        macaroon: { type: "string" },
        "key-file": { type: "string" },
        "small-memory": { type: "boolean", default: false },
        data: { type: "string", default: ".timmy" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

function need(name: string, value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw new TimmyError("usage", `It needs --${name}.`);
}

/** Reads the arguments of `timmy lnd`. Throws `usage`. */
export function readLndOptions(argv: readonly string[]): LndOptions {
  const { values, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (values.help || command === "help") return { command: "help" };
  if (rest.length > 0) throw new TimmyError("usage", `What is "${rest[0]}"?`);
  const folder = values.data;
  const keyFile = values["key-file"] ?? null;
  switch (command) {
    case "connect":
      return {
        command,
        folder,
        address: need("address", values.address),
        certFile: need("cert", values.cert),
        macaroonFile: need("macaroon", values.macaroon),
        keyFile,
        weak: values["small-memory"],
      };
    case "bake":
      return { command, folder, macaroonFile: need("macaroon", values.macaroon), keyFile };
    case "status":
      return { command, folder, json: values.json };
    default:
      throw new TimmyError(
        "usage",
        command === undefined
          ? "timmy lnd connect, bake or status?"
          : `There is no timmy lnd ${command}.`,
      );
  }
}
