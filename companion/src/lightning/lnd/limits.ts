/** Bytes of one answer of LND; its own server allows the same (lnrpc/metadata.go). */
export const maxAnswerBytes = 200 * 1024 * 1024;
/** Milliseconds between keepalive pings; LND cuts off who asks more often than every 5 s. */
export const keepaliveMs = 20_000;
/** Milliseconds that a ping waits for its answer, then the connection is dead. */
export const keepaliveTimeoutMs = 10_000;
/** First and longest pause between attempts to connect; LND's return is seen within 5 s. */
export const firstReconnectMs = 200;
export const longestReconnectMs = 2000;
/** Milliseconds that a call waits for both connections to stand. */
export const connectTimeoutMs = 3000;

/** Deadline of an ordinary call. */
export const callTimeoutMs = 15_000;
/** Deadline of the calls that ask how the node is. */
export const probeTimeoutMs = 5000;
/** Deadline of calls that wait for a peer or sign a transaction. */
export const slowCallTimeoutMs = 90_000;

/** Milliseconds between two looks at a node that is well. */
export const watchPeriodMs = 5000;
/** The same for a node that is not: from the first, growing to the longest. */
export const firstWatchMs = 250;
export const longestWatchMs = 2000;

/** Times that the balance is read again because a channel changed between two calls. */
export const balanceReads = 5;
/** Characters of LND's own words that go into an error. */
export const maxReasonLength = 300;
/** Bytes of a label of a transaction (lnd, labels/labels.go). */
export const maxLabelBytes = 500;
/** Seconds that LND waits for a peer that we connect to. */
export const peerTimeoutS = 20;

/** Bytes of a key file: at least as strong as the cipher, and small enough to read at once. */
export const minKeyBytes = 32;
export const maxKeyBytes = 4096;
/** Characters of a passphrase. */
export const minPassphraseLength = 8;
export const maxPassphraseLength = 1000;
/** Bytes of a certificate, a connection record or a vault that are read at all. */
export const maxFileBytes = 65_536;
/** Bytes of a macaroon; LND's own admin macaroon has about 300. */
export const maxMacaroonBytes = 4000;
