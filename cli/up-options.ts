import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";

/** What `timmy up` was asked for. */
export interface UpOptions {
  readonly help: boolean;
  readonly headless: boolean;
  readonly once: string | null;
  readonly json: boolean;
  readonly seed: number;
  readonly world: string;
  /** Doors or rooms that are shut. */
  readonly closed: readonly string[];
  /** `lockstep` is a virtual clock in one process; a number is real processes at that pace. */
  readonly speed: "lockstep" | number;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly folder: string;
  readonly open: boolean;
  /** `auto`: the node that was connected, or else the mock. */
  readonly lightning: "auto" | "mock" | "lnd" | "none";
  /** Opens the vault of the node without a person; null: the dashboard asks. */
  readonly keyFile: string | null;
  /** A model of the local Ollama, or "none". */
  readonly model: string;
}

export const upHelp = `timmy up: a house, a robot in it, and a page to talk to it.

  npm start                                     the house and the dashboard
  npm start -- --headless                       the same without the page
  npm start -- --headless --once "go to the kitchen" --json
                                                one instruction, one line of JSON, then the end

  --once TEXT         do one instruction and leave; exit code 0 only when it was done
  --json              one JSON object on stdout instead of sentences
  --headless          do not build or open the dashboard
  --seed N            the chance in the simulated sensors (default 1)
  --world NAME|FILE   the house (default house_001)
  --close ROOM        shut the doors of a room, or one door by its id; may be repeated
  --speed lockstep|K  lockstep: virtual time, reproducible to the bit (default of --once);
                      K: real processes at K times real time (0.1 to 3, default 1)
  --port N            the dashboard's port (default 8420)
  --mqtt-port N       the broker's port (default 1883)
  --data DIR          where the agent keeps its memory (default .timmy)
  --no-open           do not open the page in a browser
  --lightning KIND    auto, mock, lnd or none (default auto: the connected node, else the mock;
                      the environment's LIGHTNING_BACKEND says the same)
  --model NAME        the local Ollama's model that plans and talks, or none (default qwen3.5:4b; the
                      environment's TIMMY_MODEL says the same). The rules decide where none answers.
                      TIMMY_EMBED_MODEL: the one that finds memories by meaning (nomic-embed-text)
  --key-file FILE     opens the vault with the node's credentials (see timmy lnd connect)

Exit codes: 0 done, 1 not done, 2 the command line was not understood.
`;

function wholeNumber(name: string, text: string, min: number, max: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > max || Number(text) < min) {
    const range = `from ${min} to ${max}`;
    throw new TimmyError("usage", `--${name} wants a whole number ${range}, not "${text}".`);
  }
  return Number(text);
}

function readSpeed(text: string | undefined, once: boolean): "lockstep" | number {
  if (text === undefined) return once ? "lockstep" : 1;
  if (text === "lockstep") {
    if (once) return text;
    throw new TimmyError("usage", "--speed lockstep goes with --once.");
  }
  const factor = Number(text);
  if (Number.isFinite(factor) && factor >= 0.1 && factor <= 3) return factor;
  throw new TimmyError("usage", `--speed wants lockstep or a number from 0.1 to 3, not "${text}".`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h", default: false },
        headless: { type: "boolean", default: false },
        once: { type: "string" },
        json: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        world: { type: "string", default: "house_001" },
        close: { type: "string", multiple: true, default: [] },
        speed: { type: "string" },
        port: { type: "string", default: "8420" },
        "mqtt-port": { type: "string", default: "1883" },
        data: { type: "string", default: ".timmy" },
        "no-open": { type: "boolean", default: false },
        lightning: { type: "string" },
        "key-file": { type: "string" },
        model: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

const lightningKinds = ["auto", "mock", "lnd", "none"] as const;

function readLightning(text: string): UpOptions["lightning"] {
  const kind = lightningKinds.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new TimmyError("usage", `--lightning wants auto, mock, lnd or none, not "${text}".`);
}

function readModel(text: string): string {
  if (/^[\w./:-]{1,100}$/.test(text)) return text;
  throw new TimmyError("usage", `--model wants a name such as qwen3.5:4b, not "${text}".`);
}

/** Reads the arguments of `timmy up`; backend and model are the environment's wishes. Throws `usage`. */
export function readUpOptions(
  argv: readonly string[],
  backend = "auto",
  model = "qwen3.5:4b",
): UpOptions {
  const values = parse(argv);
  const once = values.once ?? null;
  return {
    help: values.help,
    headless: values.headless,
    once,
    json: values.json,
    seed: wholeNumber("seed", values.seed, 0, 0xffff_ffff),
    world: values.world,
    closed: values.close,
    speed: readSpeed(values.speed, once !== null),
    httpPort: wholeNumber("port", values.port, 1, 65_535),
    mqttPort: wholeNumber("mqtt-port", values["mqtt-port"], 1, 65_535),
    folder: values.data,
    open: !values["no-open"],
    lightning: readLightning(values.lightning ?? backend),
    keyFile: values["key-file"] ?? null,
    model: readModel(values.model ?? model),
  };
}
