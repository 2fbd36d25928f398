/** Payments that are not final at once; more are refused as rate-limited. */
export const maxLivePayments = 2000;
/** Calls at once that ask the node to pay and have not heard of an HTLC yet. */
export const maxSending = 16;
/** Calls at once that ask what became of a payment and have not heard. */
export const maxFollowing = 64;
/** Seconds that the node may look for routes. */
export const routeTimeoutS = 60;
/** Milliseconds until a call that says nothing is given up; the payment is then `unknown`. */
export const callTimeoutMs = 75_000;
/** The same once an HTLC is on its way: a payee may keep it for days, so it is followed anew. */
export const followTimeoutMs = 180_000;
/** Milliseconds after an invoice has expired before nothing known may mean nothing sent. */
export const voidGraceMs = 3_600_000;
/** Milliseconds before the first question after a call that ended without an answer, and the most. */
export const firstRetryMs = 250;
export const lastRetryMs = 30_000;
/** Milliseconds between two looks at a node that is away, and the most that one may take. */
export const nodePollMs = 1000;
/** Looks at a node that came back, until payments go on although a channel is still inactive. */
export const channelWaits = 10;
export const nodeTimeoutMs = 5000;
/** Failed payments whose failure is looked at once more when the process starts. */
export const recheckedPayments = 100;
/** Milliseconds back that they may have changed. */
export const recheckMs = 7 * 86_400_000;

/** Characters of an idempotency key, an order id, a note. */
export const maxKeyLength = 150;
export const maxNoteLength = 900;
/** Bytes of an invoice's memo (BOLT 11, field d). */
export const maxMemoBytes = 639;
/** Seconds that an invoice of ours may live. */
export const maxExpiryS = 30 * 86_400;
/** Invoices of one page of a list. */
export const invoicePage = 500;
/** Events of invoices that wait; above it they are dropped and listed again. */
export const maxWaitingInvoices = 10_000;
/** Invoices that one transaction takes in. */
export const invoiceBatch = 100;
/** Milliseconds between two lists of what the stream may have missed; the first comes sooner. */
export const patrolMs = 30_000;
export const firstPatrolMs = 1000;
/** Milliseconds before the stream of invoices is opened again, and the most. */
export const firstFeedRetryMs = 250;
export const lastFeedRetryMs = 2000;
/** Milliseconds after its expiry in which an invoice may still turn out to be paid. */
export const lateInvoiceMs = 86_400_000;

/** Alarms that are kept. */
export const keptAlarms = 500;
/** Reconciliations that are kept. */
export const keptReconciliations = 100;
/** Attempts to read ledger and node while nothing moves, and the milliseconds between two. */
export const steadyReads = 4;
export const steadyPauseMs = 250;
/** Forwards of one page. */
export const forwardPage = 1000;
/** The most that opening a channel may have cost in fees to be taken as such. */
export const maxFundingFeeMsat = 100_000_000n;
/** Milliseconds between two such looks, and how long after its failure a payment gets them. */
export const recheckEveryMs = 60_000;
export const recheckSoonMs = 3_600_000;
