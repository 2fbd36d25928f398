import { createHash } from "node:crypto";
import { modeOf, reasonsOf } from "@timmy/firmware-bridge/vocabulary";
import { answersIn } from "./answers.ts";
import type { HilHost, HilOutputs } from "./hil-host.ts";
import type { Expectation, Script } from "./stage.ts";

export interface Replay {
  /** The core's hash after every tick. */
  readonly traces: readonly number[];
  /** What a checkpoint expected and did not see. */
  readonly missed: readonly string[];
}

/** One line of expected.json: length, what goes in, what must come out. */
export interface Expected {
  readonly ticks: number;
  readonly script: string;
  readonly trace: string;
}

/** A loop that holds a wheel at rest on a plant without friction gives less than this. */
const restingDuty = 0.06;

const dutyNames = (left: number, right: number): string =>
  Math.abs(left) < restingDuty && Math.abs(right) < restingDuty
    ? "none"
    : left > 0 && right > 0
      ? "forward"
      : left < 0 && right < 0
        ? "backward"
        : "turning";

function seen(output: HilOutputs, bytes: readonly Uint8Array[]): Required<Expectation> {
  return {
    mode: modeOf(output.mode),
    reasons: reasonsOf(output.reasons),
    powered: output.enable,
    duty: dutyNames(output.leftDuty, output.rightDuty) as "none",
    servoUs: output.servoUs,
    ledLevel: output.ledLevel,
    answers: answersIn(Buffer.concat(bytes)),
  };
}

function missedIn(script: Script, outputs: readonly HilOutputs[]): string[] {
  const missed: string[] = [];
  let from = 0;
  for (const { at, expect } of script.checkpoints) {
    const output = outputs[at];
    if (output === undefined) {
      missed.push(`tick ${at}: never came`);
      break;
    }
    const bytes = outputs.slice(from, at + 1).map((one) => one.bytes);
    const found: Record<string, unknown> = { ...seen(output, bytes) };
    for (const [key, wanted] of Object.entries(expect)) {
      const [want, got] = [JSON.stringify(wanted), JSON.stringify(found[key])];
      if (want !== got) missed.push(`tick ${at}: ${key} is ${got}, not ${want}`);
    }
    from = at + 1;
  }
  return missed;
}

/** Runs a script on a host. */
export async function replay(host: HilHost, script: Script): Promise<Replay> {
  host.reset(script.startTick, script.tier);
  const outputs = await host.run(script.ticks);
  return { traces: outputs.map(({ trace }) => trace), missed: missedIn(script, outputs) };
}

/** What of a script's inputs and outputs is committed. */
export function expectedOf(script: Script, traces: readonly number[]): Expected {
  const hash = createHash("sha256");
  for (const { inputs, bytes } of script.ticks) {
    hash.update(Object.values(inputs).map(String).join()).update("|").update(bytes);
  }
  return {
    ticks: script.ticks.length,
    script: hash.digest("hex").slice(0, 12),
    trace: (traces.at(-1) ?? 0).toString(16).padStart(8, "0"),
  };
}
