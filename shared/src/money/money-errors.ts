import { type ErrorEntry, input, internal, outside, state } from "../error-entry.ts";

/** The codes of money: nodes, payments, books, approvals, the market. */
export const moneyErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
