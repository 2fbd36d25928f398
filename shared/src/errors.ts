import { agentErrors } from "./agent/agent-errors.ts";
import { type ErrorEntry, input, internal, outside, state } from "./error-entry.ts";
import { moneyErrors } from "./money/money-errors.ts";

/** Codes are never reused. Add at the end of a group; remove by leaving a hole. */
export const errorTable = {
  // What somebody sent.
  "bad-json": input(400, "The message is not a JSON object.", "Send one flat JSON object."),
  "bad-payload": input(
    400,
    "A field of the message is missing or has the wrong type.",
    "Compare it with the JSON Schema in shared/schemas.",
  ),
  "too-large": input(
    413,
    "The message is larger than the limit.",
    "Send less; a command holds at most 4,096 bytes.",
  ),
  "unknown-topic": input(
    404,
    "There is no such command.",
    "See the list of commands in the robot's info.",
  ),
  "retained-command": input(
    400,
    "A retained command is never carried out.",
    "Publish commands without the retain flag.",
  ),
  "duplicate-command": input(
    409,
    "A command with this id was already handled.",
    "Use a new id for each command.",
  ),
  "expired-command": input(
    409,
    "The command came after its deadline.",
    "Send it again with a later deadline.",
  ),
  "stale-epoch": state(
    409,
    "The command belongs to another life of this agent.",
    "Read the epoch from the robot's info and send it again.",
  ),
  "empty-instruction": input(
    422,
    "The instruction is empty.",
    "Write what the robot should do, for example: go to the kitchen.",
  ),
  "instruction-too-long": input(
    422,
    "The instruction is longer than 500 characters.",
    "Say it in fewer words, or in several instructions.",
  ),
  "not-understood": input(
    422,
    "The instruction was not understood.",
    "Use one of: go to, say, stop, patrol, dock, come back.",
  ),
  "unknown-room": input(422, "There is no such room.", "Name one of the rooms of the house."),
  "too-many-steps": input(
    422,
    "The instruction has more than four steps.",
    "Give at most four steps at a time.",
  ),
  // What the robot is in no state to do.
  "no-path": state(
    409,
    "There is no free way to that place.",
    "Open the door or clear the way, then ask again.",
  ),
  "no-motion": state(
    409,
    "Motion was commanded, but no motion was measured.",
    "Look for a blocked wheel or a cut motor supply.",
  ),
  blocked: state(409, "Something stands in the way.", "Clear the way, then ask again."),
  lost: state(409, "The robot does not know where it is.", "Put it where it can see a wall tag."),
  busy: state(409, "The robot is doing something else.", "Wait, or say stop first."),
  stopped: state(
    409,
    "The robot is stopped and stays so until it is reset.",
    "Look that the way is free, then reset it.",
  ),
  "not-armed": state(
    409,
    "The motors could not be armed.",
    "Read the arming check that failed in state/safety.",
  ),
  "reset-refused": state(
    409,
    "The stop cannot be reset while its cause stands.",
    "Remove the cause, for example close the e-stop, then reset.",
  ),
  unconfirmed: state(
    504,
    "The robot was told to stop, but standstill was not measured.",
    "Cut the motor supply by hand and look at the robot.",
  ),
  "lease-lost": state(
    409,
    "Whoever asked for the motion went silent.",
    "Ask again once the connection is back.",
  ),
  "deadline-passed": state(
    504,
    "The motion did not end before its deadline.",
    "Ask again, with a later deadline if the way is long.",
  ),
  superseded: state(
    409,
    "A newer instruction took its place.",
    "Nothing: the newer one is carried out.",
  ),
  "no-capability": state(
    409,
    "This body cannot do that.",
    "What it can do stands with its identity: timmy state show, or the Agent screen.",
  ),
  // What is outside of us.
  "link-down": outside(
    503,
    "The real-time core does not answer.",
    "Check the cable and the power of the motor board.",
  ),
  "robot-away": outside(
    503,
    "The robot is not connected.",
    "Start the robot process, or wait until it is back.",
  ),
  "broker-away": outside(
    503,
    "The message broker is not reachable.",
    "Start it, or check its address.",
  ),
  "reply-timeout": outside(
    504,
    "The robot did not answer in time.",
    "Look at its status; nothing is assumed to have happened.",
  ),
  "treasury-away": outside(
    503,
    "The treasury does not answer.",
    "It is started again by itself; nothing was paid or lost.",
  ),
  "port-taken": outside(
    503,
    "The port is in use by another program.",
    "Stop that program, or choose another port.",
  ),
  "bad-world": input(
    400,
    "The world file cannot be used.",
    "Compare it with sim/worlds/house_001.json.",
  ),
  "bad-board": input(
    400,
    "The board file cannot be used.",
    "Compare it with hardware/boards/mk1.json.",
  ),
  "bad-file": input(
    400,
    "A file cannot be read or has the wrong form.",
    "Check its path and its form.",
  ),
  "folder-in-use": input(
    409,
    "Another Timmy uses this folder.",
    "Stop it, or give this one a folder of its own with --data.",
  ),
  usage: input(400, "The command line was not understood.", "See --help."),
  "bad-origin": input(
    403,
    "The request comes from another site.",
    "Open the dashboard at the address that Timmy printed.",
  ),
  "no-session": input(401, "The request carries no valid session.", "Reload the dashboard."),
  "not-found": input(
    404,
    "There is nothing at this address.",
    "See the list of addresses in companion/README.md.",
  ),
  "rate-limited": input(429, "Too many requests in a short time.", "Slow down."),
  ...moneyErrors,
  ...agentErrors,
  internal: internal(
    500,
    "Something in Timmy is wrong.",
    "Please report it with the log lines around it.",
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/** The one exception of the project; expected outcomes are values instead. */
export class TimmyError extends Error {
  override readonly name = "TimmyError";
  readonly code: ErrorCode;
  readonly details: string;
  constructor(code: ErrorCode, details = "", options?: ErrorOptions) {
    const entry: ErrorEntry = errorTable[code];
    super([entry.sentence, details, entry.remedy].filter((s) => s !== "").join(" "), options);
    this.code = code;
    this.details = details;
  }
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
}

/** The body of an `application/problem+json` answer (RFC 9457). */
export function toProblem(code: ErrorCode, detail = ""): Problem {
  const { sentence, status, remedy }: ErrorEntry = errorTable[code];
  return { type: `urn:timmy:error:${code}`, title: sentence, status, detail, code, remedy };
}
