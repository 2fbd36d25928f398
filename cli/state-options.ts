import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";

export const stateHelp = `timmy state: the agent in one file: keep it, move it, look into it.

  timmy state show [FILE]              who the agent is, and how much it knows
  timmy state export --out FILE        a backup of the agent (a .timmy file)
  timmy state import FILE              take an agent over; an .af file or an OpenClaw folder too
  timmy state verify FILE              check every hash and the signature; exit code 1 when one is wrong
  timmy state diff A B                 what B has and A has not, and the other way round
  timmy state where                    the bodies on the broker, and which one the agent lives in
  timmy state move --to NODE           end one body's life and go on in another one
  timmy state stay                     take a move back that was not settled; a body that still holds
                                       a copy of it, which never lived, forgets it

  --data DIR              the folder of this Timmy (default .timmy); its owner.key opens all your bodies
  --broker URL            where, move, stay: the broker (default mqtt://127.0.0.1:1883)
  --from NODE             move, stay: the body that is asked (default: the one the agent lives in)
  --node NAME             what this body is called (default desktop)
  --json                  one JSON object on stdout instead of sentences
  --passphrase-file FILE  encrypts an export, opens an import (its first line)
  --ask                   asks for the passphrase on the terminal instead
  --recipient age1...     encrypts an export for somebody's age identity
  --identity-file FILE    opens an import with an age identity (AGE-SECRET-KEY-...)
  --mode MODE             export: snapshot (default), or fork: for a new agent that remembers the same
  --redact                export: leave out texts with secrets of this machine; else it is refused
  --replace               import: over the agent that lives here, which is kept beside it
  --as fork               import: as a new agent with a key of its own; the one here is kept beside it
  --as-owner              import of another program's agent: you answer for every word of it
  --merge                 import of another program's agent: add to what this one knows
  --out FILE              move: into a file for NODE instead of over the broker

The private key is in no plain file. A plain export is restored where the key already is, or imported
as a fork; an encrypted one holds the key and is the whole agent: whoever opens it can be the agent.
An export with the same content as the newest file gives the same bytes again.

Examples:
  timmy state export --out robbie.timmy.age --ask
  timmy state import robbie.timmy.age --ask --replace
  timmy state diff monday.timmy tuesday.timmy
  timmy state move --to kitchen_robot
Exit codes: 0 done, 1 not done or refused, 2 the command line was not understood.
`;

export interface StateOptions {
  readonly help: boolean;
  readonly command: string;
  readonly words: readonly string[];
  readonly data: string;
  readonly node: string;
  readonly json: boolean;
  readonly passphraseFile: string | null;
  readonly ask: boolean;
  readonly recipient: string | null;
  readonly identityFile: string | null;
  readonly mode: "snapshot" | "fork";
  readonly redact: boolean;
  readonly replace: boolean;
  readonly as: "same" | "fork";
  readonly asOwner: boolean;
  readonly merge: boolean;
  readonly out: string | null;
  readonly to: string | null;
  readonly broker: string;
  readonly from: string | null;
}

const flag = { type: "boolean", default: false } as const;
const text = { type: "string" } as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { ...flag, short: "h" },
        data: { ...text, default: ".timmy" },
        node: { ...text, default: "desktop" },
        json: flag,
        "passphrase-file": text,
        ask: flag,
        recipient: text,
        "identity-file": text,
        mode: { ...text, default: "snapshot" },
        redact: flag,
        replace: flag,
        as: { ...text, default: "same" },
        "as-owner": flag,
        merge: flag,
        out: text,
        to: text,
        broker: { ...text, default: "mqtt://127.0.0.1:1883" },
        from: text,
      },
    });
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

/** How many files each command takes, at least and at most, and how that is said. */
const wanted: Readonly<Record<string, readonly [number, number, string]>> = {
  show: [0, 1, "one file at most"],
  export: [0, 0, "no file but that of --out"],
  import: [1, 1, "a file"],
  verify: [1, 1, "a file"],
  diff: [2, 2, "two files"],
  where: [0, 0, "no file"],
  move: [0, 0, "no file but that of --out"],
  stay: [0, 0, "no file"],
};

/** Reads the arguments after `timmy state`. Throws `usage`. */
export function readStateOptions(argv: readonly string[]): StateOptions {
  const { values, positionals } = parse(argv);
  const [command = "help", ...words] = positionals;
  const { mode, as } = values;
  if (mode !== "snapshot" && mode !== "fork") {
    throw new TimmyError("usage", `--mode wants snapshot or fork, not "${mode}".`);
  }
  if (as !== "same" && as !== "fork") {
    throw new TimmyError("usage", `--as wants fork, not "${as}".`);
  }
  for (const [name, node] of [
    ["node", values.node],
    ["to", values.to],
    ["from", values.from],
  ] as const) {
    if (node !== undefined && !/^[a-z0-9_-]{1,32}$/.test(node)) {
      throw new TimmyError("usage", `--${name} wants 1 to 32 of a-z, 0-9, _ and -.`);
    }
  }
  if (!/^mqtts?:\/\/[^/]+$/.test(values.broker)) {
    throw new TimmyError("usage", `--broker ${values.broker} is no address: mqtt://host:1883.`);
  }
  const secrets = [values["passphrase-file"], values.recipient, values["identity-file"]];
  if (secrets.filter((one) => one !== undefined).length + (values.ask ? 1 : 0) > 1) {
    throw new TimmyError("usage", "Give one of passphrase, recipient and identity.");
  }
  const own = Object.hasOwn(wanted, command) ? wanted[command] : undefined;
  const [least, most, files] = own ?? [0, words.length, ""];
  if (!values.help && (words.length < least || words.length > most)) {
    throw new TimmyError("usage", `"state ${command}" wants ${files}.`);
  }
  return {
    help: values.help,
    command,
    words,
    data: values.data,
    node: values.node,
    json: values.json,
    passphraseFile: values["passphrase-file"] ?? null,
    ask: values.ask,
    recipient: values.recipient ?? null,
    identityFile: values["identity-file"] ?? null,
    mode,
    redact: values.redact,
    replace: values.replace,
    as,
    asOwner: values["as-owner"],
    merge: values.merge,
    out: values.out ?? null,
    to: values.to ?? null,
    broker: values.broker,
    from: values.from ?? null,
  };
}
