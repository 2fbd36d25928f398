/** Every error a person can meet: its kind, a sentence, what to do, and its HTTP status. */
export interface ErrorEntry {
  readonly kind: "input" | "state" | "outside" | "internal";
  readonly sentence: string;
  readonly remedy: string;
  readonly status: number;
}

const of =
  (kind: ErrorEntry["kind"]) =>
  (status: number, sentence: string, remedy: string): ErrorEntry => ({
    kind,
    sentence,
    remedy,
    status,
  });
const input = of("input");
const state = of("state");
const outside = of("outside");
const internal = of("internal");

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
    "See its capabilities in the robot's info.",
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
  // Money: what somebody asked for.
  "bad-amount": input(
    422,
    "The amount is not a whole number of millisatoshi above zero and below 21 million bitcoin.",
    "Send a whole number, as a string of digits.",
  ),
  "bad-invoice": input(
    422,
    "This is not a valid BOLT11 invoice.",
    "Copy the whole invoice again, or ask for a new one.",
  ),
  "invoice-expired": input(409, "The invoice has expired.", "Ask the payee for a new one."),
  "wrong-network": input(
    422,
    "The invoice or address belongs to another Bitcoin network.",
    "Ask for one of the network that this node is on.",
  ),
  "amount-missing": input(
    422,
    "The invoice names no amount.",
    "Say how much to pay, or ask for an invoice with an amount.",
  ),
  "amount-mismatch": input(
    422,
    "The amount is not the one that the invoice asks for.",
    "Leave the amount out; the invoice names it.",
  ),
  "bad-address": input(
    422,
    "This is not a Bitcoin address of this network.",
    "Copy the whole address again.",
  ),
  "already-paid": state(409, "This invoice was already paid.", "Nothing; see the payments."),
  "duplicate-key": input(
    409,
    "The idempotency key was used for another request.",
    "Use a new key for a new request.",
  ),
  "balance-too-low": state(
    409,
    "The balance does not cover the amount and its fee cap.",
    "Pay in first, or ask for less.",
  ),
  // Money: what the owner's policy says.
  "over-cap": state(
    403,
    "The spending policy does not allow this much.",
    "Ask the owner to approve it, or wait until the window has passed.",
  ),
  "destination-not-allowed": state(
    403,
    "The destination is not on the allow list.",
    "Ask the owner to approve it.",
  ),
  "provenance-refused": state(
    403,
    "Payee and amount must come from a person or from a bound record.",
    "Let the owner ask for it.",
  ),
  "kill-switch": state(
    403,
    "The kill switch is on: nothing is spent.",
    "Switch it off on the dashboard, with your code.",
  ),
  "approval-needed": state(
    403,
    "A person must approve this.",
    "Open the approvals on the dashboard.",
  ),
  "approval-changed": state(
    409,
    "The request is not the one that was shown.",
    "Read it again, then decide.",
  ),
  "approval-closed": state(
    409,
    "The request was already decided or has expired.",
    "Make a new request.",
  ),
  "self-approval": state(
    403,
    "Whoever asks cannot approve.",
    "Let the owner decide, with a credential of a person.",
  ),
  "bad-code": input(
    403,
    "The code is wrong or was used before.",
    "Wait for the next code of your authenticator and try again.",
  ),
  "codes-locked": state(429, "Too many wrong codes.", "Wait fifteen minutes, then try again."),
  "no-approver": state(
    409,
    "No person is enrolled who could approve.",
    "Run timmy treasury enrol.",
  ),
  "sweep-not-due": state(409, "There is nothing to sweep.", "Wait until warm is over its limit."),
  "no-cycle": state(
    409,
    "No circular route joins these channels.",
    "Open a channel that closes a circle.",
  ),
  // Money: the node.
  "lnd-away": outside(
    503,
    "The Lightning node does not answer.",
    "Start it; books stay readable and everything else goes on by itself.",
  ),
  "lnd-locked": outside(
    503,
    "The wallet of the Lightning node is locked.",
    "Unlock it with lncli unlock.",
  ),
  "lnd-starting": outside(503, "The Lightning node is starting.", "Wait until it is active."),
  "lnd-too-old": outside(
    503,
    "The Lightning node is older than 0.19.0, which has holes that cost money.",
    "Upgrade lnd.",
  ),
  "lnd-identity": outside(
    503,
    "This is not the node that was connected: its key has changed.",
    "Check the address; connect anew only if the change is yours.",
  ),
  "lnd-refused": outside(
    502,
    "The Lightning node refused the request.",
    "Read its reason in the details.",
  ),
  "bad-certificate": outside(
    502,
    "The node's TLS certificate is not the one that was pinned.",
    "Copy the node's tls.cert again, if the change is yours.",
  ),
  "macaroon-refused": outside(
    403,
    "The node refused the macaroon for this call.",
    "Bake new macaroons with timmy lnd bake.",
  ),
  "bad-macaroon": input(422, "This is not a macaroon.", "Give the file admin.macaroon of lnd."),
  "bad-passphrase": input(
    403,
    "The passphrase or key does not open the vault.",
    "Try again; without it connect the node anew.",
  ),
  "vault-locked": state(
    503,
    "The vault with the node's credentials is locked.",
    "Unlock it on the dashboard or give its key file.",
  ),
  "not-connected": state(
    409,
    "No Lightning node is connected.",
    "Run: timmy lnd connect, or use the wizard on the dashboard.",
  ),
  "mock-only": state(409, "Only the mock can do this.", "Use a mock backend, or pay for real."),
  "payment-failed": outside(
    502,
    "The payment failed and nothing was spent.",
    "Read the reason; try again later or with a higher fee cap.",
  ),
  "payment-unknown": outside(
    504,
    "What became of the payment is not known yet; its amount stays held.",
    "Wait: it is followed until it is known.",
  ),
  // Money: the books.
  "books-newer": state(
    409,
    "The books were written by a newer version.",
    "Start that version; nothing was changed.",
  ),
  "books-broken": internal(
    500,
    "The books do not add up.",
    "Stop spending, keep the file, and run timmy treasury verify.",
  ),
  "disk-full": outside(
    507,
    "The disk is full.",
    "Free some space; sales are stopped so that the books can go on.",
  ),
  "disk-error": outside(
    503,
    "The disk does not read or write as it should.",
    "Look at the system's log, then start Timmy again.",
  ),
  "bad-bid": input(
    422,
    "A bid is not a whole number above zero.",
    "Bid a price and a bond in whole millisatoshi.",
  ),
  "auction-closed": state(
    409,
    "The auction is past this step.",
    "Look at its state; post a new one if the work is still wanted.",
  ),
  "no-bidder": state(409, "Nobody made a bid that could be taken.", "Raise the budget, or wait."),
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
