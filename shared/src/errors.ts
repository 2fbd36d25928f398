/** Every error a person can meet: its kind, a sentence, what to do, and its HTTP status. */
export interface ErrorEntry {
  readonly kind: "input" | "state" | "outside" | "internal";
  readonly sentence: string;
  readonly remedy: string;
  readonly status: number;
}

/** Codes are never reused. Add at the end of a group; remove by leaving a hole. */
export const errorTable = {
  // What somebody sent.
  "bad-json": {
    kind: "input",
    sentence: "The message is not a JSON object.",
    remedy: "Send one flat JSON object.",
    status: 400,
  },
  "bad-payload": {
    kind: "input",
    sentence: "A field of the message is missing or has the wrong type.",
    remedy: "Compare it with the JSON Schema in shared/schemas.",
    status: 400,
  },
  "too-large": {
    kind: "input",
    sentence: "The message is larger than the limit.",
    remedy: "Send less; a command holds at most 4,096 bytes.",
    status: 413,
  },
  "unknown-topic": {
    kind: "input",
    sentence: "There is no such command.",
    remedy: "See the list of commands in the robot's info.",
    status: 404,
  },
  "retained-command": {
    kind: "input",
    sentence: "A retained command is never carried out.",
    remedy: "Publish commands without the retain flag.",
    status: 400,
  },
  "duplicate-command": {
    kind: "input",
    sentence: "A command with this id was already handled.",
    remedy: "Use a new id for each command.",
    status: 409,
  },
  "expired-command": {
    kind: "input",
    sentence: "The command came after its deadline.",
    remedy: "Send it again with a later deadline.",
    status: 409,
  },
  "stale-epoch": {
    kind: "state",
    sentence: "The command belongs to another life of this agent.",
    remedy: "Read the epoch from the robot's info and send it again.",
    status: 409,
  },
  "empty-instruction": {
    kind: "input",
    sentence: "The instruction is empty.",
    remedy: "Write what the robot should do, for example: go to the kitchen.",
    status: 422,
  },
  "instruction-too-long": {
    kind: "input",
    sentence: "The instruction is longer than 500 characters.",
    remedy: "Say it in fewer words, or in several instructions.",
    status: 422,
  },
  "not-understood": {
    kind: "input",
    sentence: "The instruction was not understood.",
    remedy: "Use one of: go to, say, stop, patrol, dock, come back.",
    status: 422,
  },
  "unknown-room": {
    kind: "input",
    sentence: "There is no such room.",
    remedy: "Name one of the rooms of the house.",
    status: 422,
  },
  "too-many-steps": {
    kind: "input",
    sentence: "The instruction has more than four steps.",
    remedy: "Give at most four steps at a time.",
    status: 422,
  },
  // What the robot is in no state to do.
  "no-path": {
    kind: "state",
    sentence: "There is no free way to that place.",
    remedy: "Open the door or clear the way, then ask again.",
    status: 409,
  },
  "no-motion": {
    kind: "state",
    sentence: "Motion was commanded, but no motion was measured.",
    remedy: "Look for a blocked wheel or a cut motor supply.",
    status: 409,
  },
  blocked: {
    kind: "state",
    sentence: "Something stands in the way.",
    remedy: "Clear the way, then ask again.",
    status: 409,
  },
  lost: {
    kind: "state",
    sentence: "The robot does not know where it is.",
    remedy: "Put it where it can see a wall tag.",
    status: 409,
  },
  busy: {
    kind: "state",
    sentence: "The robot is doing something else.",
    remedy: "Wait, or say stop first.",
    status: 409,
  },
  stopped: {
    kind: "state",
    sentence: "The robot is stopped and stays so until it is reset.",
    remedy: "Look that the way is free, then reset it.",
    status: 409,
  },
  "not-armed": {
    kind: "state",
    sentence: "The motors could not be armed.",
    remedy: "Read the arming check that failed in state/safety.",
    status: 409,
  },
  "reset-refused": {
    kind: "state",
    sentence: "The stop cannot be reset while its cause stands.",
    remedy: "Remove the cause, for example close the e-stop, then reset.",
    status: 409,
  },
  unconfirmed: {
    kind: "state",
    sentence: "The robot was told to stop, but standstill was not measured.",
    remedy: "Cut the motor supply by hand and look at the robot.",
    status: 504,
  },
  "lease-lost": {
    kind: "state",
    sentence: "Whoever asked for the motion went silent.",
    remedy: "Ask again once the connection is back.",
    status: 409,
  },
  "deadline-passed": {
    kind: "state",
    sentence: "The motion did not end before its deadline.",
    remedy: "Ask again, with a later deadline if the way is long.",
    status: 504,
  },
  superseded: {
    kind: "state",
    sentence: "A newer instruction took its place.",
    remedy: "Nothing: the newer one is carried out.",
    status: 409,
  },
  "no-capability": {
    kind: "state",
    sentence: "This body cannot do that.",
    remedy: "See its capabilities in the robot's info.",
    status: 409,
  },
  // What is outside of us.
  "link-down": {
    kind: "outside",
    sentence: "The real-time core does not answer.",
    remedy: "Check the cable and the power of the motor board.",
    status: 503,
  },
  "robot-away": {
    kind: "outside",
    sentence: "The robot is not connected.",
    remedy: "Start the robot process, or wait until it is back.",
    status: 503,
  },
  "broker-away": {
    kind: "outside",
    sentence: "The message broker is not reachable.",
    remedy: "Start it, or check its address.",
    status: 503,
  },
  "reply-timeout": {
    kind: "outside",
    sentence: "The robot did not answer in time.",
    remedy: "Look at its status; nothing is assumed to have happened.",
    status: 504,
  },
  "port-taken": {
    kind: "outside",
    sentence: "The port is in use by another program.",
    remedy: "Stop that program, or choose another port with --port.",
    status: 503,
  },
  "bad-world": {
    kind: "input",
    sentence: "The world file cannot be used.",
    remedy: "Compare it with sim/worlds/house_001.json.",
    status: 400,
  },
  "bad-board": {
    kind: "input",
    sentence: "The board file cannot be used.",
    remedy: "Compare it with hardware/boards/mk1.json.",
    status: 400,
  },
  "bad-file": {
    kind: "input",
    sentence: "A file cannot be read or has the wrong form.",
    remedy: "Check its path and its form.",
    status: 400,
  },
  usage: {
    kind: "input",
    sentence: "The command line was not understood.",
    remedy: "See --help.",
    status: 400,
  },
  "bad-origin": {
    kind: "input",
    sentence: "The request comes from another site.",
    remedy: "Open the dashboard at the address that Timmy printed.",
    status: 403,
  },
  "no-session": {
    kind: "input",
    sentence: "The request carries no valid session.",
    remedy: "Reload the dashboard.",
    status: 401,
  },
  "not-found": {
    kind: "input",
    sentence: "There is nothing at this address.",
    remedy: "See the list of addresses in companion/README.md.",
    status: 404,
  },
  "rate-limited": {
    kind: "input",
    sentence: "Too many requests in a short time.",
    remedy: "Slow down.",
    status: 429,
  },
  internal: {
    kind: "internal",
    sentence: "Something in Timmy is wrong.",
    remedy: "Please report it with the log lines around it.",
    status: 500,
  },
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
