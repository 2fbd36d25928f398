import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";

export const treasuryHelp = `timmy treasury: whose money it is, and whether it adds up.

  timmy treasury balance                 what each party has, and where it lies
  timmy treasury report [--days 30]      earnings, costs, tiers, holds, approvals
  timmy treasury reconcile               compare the books with the node, to the millisatoshi
  timmy treasury verify                  check every row of the books; exit code 1 when one is wrong
  timmy treasury export [--out FILE]     all journals as CSV
  timmy treasury statement [--days 30] [--out FILE]
                                         earned, spent and net, signed
  timmy treasury enrol [NAME]            make your authenticator the one that approves
  timmy treasury policy [--set NAME=SAT] what may be spent without a person
  timmy treasury budget AGENT SAT DAYS   an allowance of an agent that renews; 0 removes it
  timmy treasury fund AGENT SAT          give an agent money of the owner's
  timmy treasury cold DESCRIPTOR         where sweeps go: wpkh(...)#checksum, or a zpub or vpub

  --data DIR        the folder of this Timmy (default .timmy)
  --lightning KIND  auto, mock or lnd: whose books (default auto: the connected node, else the mock)
  --json            one JSON object on stdout instead of sentences
  --key-file FILE   opens the vault for reconcile when timmy is not up

Example: timmy treasury report --days 7
Books can be read while timmy is up, and while the node is away.
Exit codes: 0 done, 1 not done or not in order, 2 the command line was not understood.
`;

export interface TreasuryOptions {
  readonly help: boolean;
  readonly command: string;
  readonly words: readonly string[];
  readonly data: string;
  readonly lightning: "auto" | "mock" | "lnd";
  readonly json: boolean;
  readonly days: number;
  readonly out: string | null;
  readonly set: readonly string[];
  readonly keyFile: string | undefined;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        data: { type: "string", default: ".timmy" },
        lightning: { type: "string", default: "auto" },
        json: { type: "boolean", default: false },
        days: { type: "string", default: "30" },
        out: { type: "string" },
        set: { type: "string", multiple: true, default: [] },
        "key-file": { type: "string" },
      },
    });
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

/** Reads the arguments after `timmy treasury`. Throws `usage`. */
export function readTreasuryOptions(argv: readonly string[]): TreasuryOptions {
  const { values, positionals } = parse(argv);
  const [command = "help", ...words] = positionals;
  const { lightning } = values;
  if (lightning !== "auto" && lightning !== "mock" && lightning !== "lnd") {
    throw new TimmyError("usage", `--lightning wants auto, mock or lnd, not "${lightning}".`);
  }
  if (!/^\d{1,3}$/.test(values.days) || Number(values.days) < 1 || Number(values.days) > 366) {
    throw new TimmyError("usage", `--days wants 1 to 366, not "${values.days}".`);
  }
  return {
    help: values.help,
    command,
    words,
    data: values.data,
    lightning,
    json: values.json,
    days: Number(values.days),
    out: values.out ?? null,
    set: values.set,
    keyFile: values["key-file"],
  };
}
