/** Characters of a task. */
export const maxTaskChars = 2000;
/** Bids in one auction; a bidder's newest counts. */
export const maxBids = 64;
/** Auctions that are open at once. */
export const maxOpenAuctions = 32;
/** Units of work in a task. */
export const maxComplexity = 1000;
/** Milliseconds for bids. */
export const biddingMs = 15_000;
/** Milliseconds for the work. */
export const workMs = 600_000;
/** Milliseconds after which a step that the books could not write is tried again. */
export const retryMs = 5000;
/** Auctions in the view. */
export const shownAuctions = 20;
